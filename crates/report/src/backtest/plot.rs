//! The curve: precision and coverage over the cut.

use std::fmt::Write as _;

use engine::{Curve, Point};

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 48.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 28.0;
const BOTTOM: f64 = 48.0;
/// Below this many shown cases a precision jumps about and is not drawn.
const SHOWN_MIN: u32 = 5;

/// Precision, a solid line, and coverage, a dashed one, over the cut; a dotted line at the suggested cut. The two differ
/// in more than colour, and title and description say what is seen.
pub(super) fn svg(curve: &Curve, recurrences: usize) -> String {
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-labelledby=\"curve-title curve-desc\">\n\
         <title id=\"curve-title\">Precision and coverage over the cut</title>\n\
         <desc id=\"curve-desc\">{}</desc>\n",
        description(curve, recurrences)
    );
    axes(&mut svg);
    let is_steady = |point: &&Point| point.shown >= SHOWN_MIN;
    let steady = || curve.points.iter().filter(is_steady);
    let precision = steady().filter_map(|point| Some((point.threshold, point.precision()?)));
    line(&mut svg, "precision", precision);
    if recurrences > 0 {
        let coverage = |point: &Point| f64::from(point.right) / recurrences as f64;
        let points = curve.points.iter().map(|point| (point.threshold, coverage(point)));
        line(&mut svg, "coverage", points);
    }
    if let Some(cut) = curve.suggested {
        let x = across(cut.threshold);
        let (top, bottom) = (up(1.0), up(0.0));
        let _ = writeln!(
            svg,
            "<line class=\"cut\" x1=\"{x:.1}\" y1=\"{top:.1}\" x2=\"{x:.1}\" y2=\"{bottom:.1}\"/>\n\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">suggested {:.2}</text>",
            top - 8.0,
            cut.threshold
        );
    }
    legend(&mut svg);
    svg.push_str("</svg>\n");
    svg
}

/// What the plot shows, for those who hear it.
fn description(curve: &Curve, recurrences: usize) -> String {
    let at = |cut: usize| -> String {
        let point = &curve.points[cut];
        let precision = point.precision().map_or("nothing is shown".to_owned(), |precision| {
            let coverage = f64::from(point.right) / recurrences.max(1) as f64;
            format!("precision {:.0} %, coverage {:.0} %", precision * 100.0, coverage * 100.0)
        });
        format!("from {:.2} on {precision}", point.threshold)
    };
    [0, 25, 50, 75, 90].map(at).join("; ")
}

fn axes(svg: &mut String) {
    for tick in [0.0, 0.2, 0.4, 0.6, 0.8, 1.0] {
        let (x, y, left, right) = (across(tick), up(tick), across(0.0), across(1.0));
        let _ = writeln!(
            svg,
            "<line class=\"grid\" x1=\"{left:.1}\" y1=\"{y:.1}\" x2=\"{right:.1}\" y2=\"{y:.1}\"/>\n\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{:.0} %</text>\n\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{tick:.1}</text>",
            left - 6.0,
            y + 4.0,
            tick * 100.0,
            up(0.0) + 18.0
        );
    }
    let (left, right, bottom) = (across(0.0), across(1.0), up(0.0));
    let _ = writeln!(
        svg,
        "<path class=\"axis\" d=\"M{left:.1} {:.1} V{bottom:.1} H{right:.1}\"/>\n\
         <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">cut</text>",
        up(1.0),
        (left + right) / 2.0,
        HEIGHT - 8.0
    );
}

fn line(svg: &mut String, class: &str, points: impl Iterator<Item = (f64, f64)>) {
    let mut path = String::new();
    for (nth, (cut, share)) in points.enumerate() {
        let command = if nth == 0 { 'M' } else { 'L' };
        let _ = write!(path, "{command}{:.1} {:.1} ", across(cut), up(share));
    }
    if !path.is_empty() {
        let _ = writeln!(svg, "<path class=\"{class}\" d=\"{}\"/>", path.trim_end());
    }
}

fn legend(svg: &mut String) {
    for (nth, (class, name)) in
        [("precision", "precision"), ("coverage", "coverage")].iter().enumerate()
    {
        let x = across(0.02) + 110.0 * nth as f64;
        let y = HEIGHT - 12.0;
        let _ = writeln!(
            svg,
            "<line class=\"{class}\" x1=\"{x:.1}\" y1=\"{y:.1}\" x2=\"{:.1}\" y2=\"{y:.1}\"/>\n\
             <text x=\"{:.1}\" y=\"{:.1}\">{name}</text>",
            x + 28.0,
            x + 34.0,
            y + 4.0
        );
    }
}

fn across(share: f64) -> f64 {
    LEFT + share * (WIDTH - LEFT - RIGHT)
}

fn up(share: f64) -> f64 {
    HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)
}
