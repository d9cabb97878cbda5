//! `relapse bench`.

use eval::{Speed, SpeedTask};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::args::{BenchArgs, Global};
use crate::error::Result;
use crate::eval_commands::refuse_a_store;
use crate::output::{Output, to_stdout};

/// How many documents lie between two moves of the progress bar.
const STEP: usize = 1_000;

/// `relapse bench`.
pub fn bench(arguments: BenchArgs, global: &Global) -> Result<()> {
    refuse_a_store(global, "bench")?;
    let task = SpeedTask {
        corpus: arguments.corpus,
        queries: arguments.queries,
        out: arguments.out,
        size: arguments.size,
        plain: arguments.plain,
    };
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{spinner} {human_pos} incidents indexed, {per_sec}");
    bar.set_style(style.expect("the template is well formed"));
    let speed = eval::speed(&task, |done| {
        if done.is_multiple_of(STEP) {
            bar.set_position(done as u64);
        }
    })?;
    bar.finish_and_clear();
    let text = if Output::new(global).is_json() { json(&speed) } else { told(&speed) };
    to_stdout(text.as_bytes())
}

fn json(speed: &Speed) -> String {
    serde_json::to_string(speed).expect("figures have a JSON form") + "\n"
}

fn told(speed: &Speed) -> String {
    let Speed { docs, build_s, mem_mb, footprint, p50_us, p99_us, qps1, .. } = speed;
    let mib = |n_bytes: usize| n_bytes as f64 / f64::from(1 << 20);
    let parts = footprint.parts().map(|(part, n_bytes)| format!("{part} {:.1}", mib(n_bytes)));
    format!(
        "{docs} incidents indexed in {build_s:.2} s, {mem_mb:.0} MiB: {}\n\
         best ten of a query: p50 {p50_us:.1} us, p99 {p99_us:.1} us, {qps1:.0} a second on one thread\n",
        parts.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use eval::Footprint;

    use super::*;

    #[test]
    fn people_read_units() {
        let speed = Speed {
            name: "relapse",
            size: "10k".into(),
            docs: 10_000,
            build_s: 0.254,
            mem_mb: 12.4,
            footprint: Footprint { facts: 3 << 19, ..Footprint::default() },
            p50_us: 11.04,
            p99_us: 20.0,
            qps1: 81_000.4,
        };
        let text = told(&speed);
        assert!(
            text.starts_with("10000 incidents indexed in 0.25 s, 12 MiB: facts 1.5, words 0.0,"),
            "{text}"
        );
        assert!(text.contains("p50 11.0 us, p99 20.0 us, 81000 a second"), "{text}");
    }
}
