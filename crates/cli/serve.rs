//! `relapse serve`.

use std::time::Duration;

use jiff::Timestamp;
use relapse::config::{Config, Flags};
use relapse::logs;
use relapse::serve::{Bound, serve as until_stopped, stop_signal};
use relapse::service::Service;

use crate::args::{Global, ServeArgs};
use crate::data_folder::data_folder;
use crate::error::{Error, Result};
use crate::output::to_stdout;

/// How long what goes on beside the answers may still take once the last of them is given. Nobody waits for it; what is
/// cut off is worked out by the next process.
const LEFT_OVER_MAX: Duration = Duration::from_secs(3);

/// `relapse serve`.
pub fn serve(arguments: ServeArgs, global: &Global) -> Result<()> {
    refuse_a_server(global, "serve")?;
    let config = Config::load(flags(arguments, global))?;
    logs::init(&config);
    let folder = data_folder(config.data.clone())?;
    let service = Service::open(&folder, Timestamp::now)?;
    until_told(&config, service)
}

/// Serves `service` until the process is asked to stop; the addresses go to stdout, a line each.
pub fn until_told(config: &Config, service: Service) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(Error::Start)?;
    let served = runtime.block_on(async {
        let told = stop_signal()?;
        Ok(until_stopped(config, service, say, told).await?)
    });
    runtime.shutdown_timeout(LEFT_OVER_MAX);
    served
}

/// Fails where `--server` was given to a command that is one, or needs none.
pub fn refuse_a_server(global: &Global, command: &str) -> Result<()> {
    match &global.server {
        Some(_) => {
            Err(Error::Usage(format!("`relapse {command}` asks no server: leave --server out")))
        }
        None => Ok(()),
    }
}

fn say(bound: Bound) {
    let scheme = if bound.is_tls { "https" } else { "http" };
    let lines = format!("gRPC  {scheme}://{}\nHTTP  {scheme}://{}\n", bound.grpc, bound.http);
    // Where nobody reads stdout the log has the addresses too.
    let _ = to_stdout(lines.as_bytes());
}

fn flags(arguments: ServeArgs, global: &Global) -> Flags {
    let ServeArgs { config, grpc, http, tls_cert, tls_key, tls_client_ca, tokens, log_format } =
        arguments;
    Flags {
        config,
        data: global.data.clone(),
        grpc,
        http,
        tls_cert,
        tls_key,
        tls_client_ca,
        tokens,
        log_format,
    }
}
