//! Which services each class hits.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use recurrence::FailureClass;

use super::axis::{LEFT, ROW, TOP, row_y};
use super::charted::RowName;
use crate::words::one_line;

/// The services shown: those of the most incidents.
const SERVICES_MAX: usize = 12;
/// The width of a column.
const COLUMN: i64 = 50;
/// The room for the names above the columns.
const HEAD: i64 = 112;
/// The longest name above a column, in characters.
const NAME_CHARS_MAX: usize = 20;
/// How many shades tell many from few.
const SHADES: u32 = 4;

/// A row for each class, a column for each service.
#[derive(Debug)]
pub(super) struct Matrix {
    pub(super) columns: Vec<ColumnName>,
    pub(super) rows: Vec<Row>,
    pub(super) height: i64,
}

#[derive(Debug)]
pub(super) struct ColumnName {
    pub(super) x: i64,
    pub(super) y: i64,
    pub(super) text: String,
}

#[derive(Debug)]
pub(super) struct Row {
    pub(super) name: RowName,
    pub(super) cells: Vec<Cell>,
    /// The row in words.
    pub(super) told: String,
}

#[derive(Debug)]
pub(super) struct Cell {
    pub(super) x: i64,
    pub(super) y: i64,
    pub(super) count: u32,
    /// 1 for few to 4 for the most.
    pub(super) shade: u32,
}

impl Matrix {
    /// `None` where no service is named.
    pub(super) fn of(classes: &[&FailureClass]) -> Option<Self> {
        let services = most_hit(classes);
        let counts = classes.iter().flat_map(|class| &class.services).map(|service| service.count);
        let most = counts.max()?;
        let rows =
            classes.iter().enumerate().map(|(nth, class)| Row::of(nth, class, &services, most));
        let columns = services.iter().enumerate().map(|(nth, service)| ColumnName {
            x: column_x(nth) + COLUMN / 2,
            y: HEAD,
            text: one_line(service, NAME_CHARS_MAX),
        });
        Some(Self {
            columns: columns.collect(),
            rows: rows.collect(),
            height: HEAD + 12 + ROW * classes.len() as i64,
        })
    }
}

impl Row {
    fn of(nth: usize, class: &FailureClass, services: &[&str], most: u32) -> Self {
        let y = row_y(nth) - TOP + HEAD + 6;
        let hits: BTreeMap<&str, u32> =
            class.services.iter().map(|hit| (hit.name.as_str(), hit.count)).collect();
        let cell = |(place, service): (usize, &&str)| {
            let count = *hits.get(*service)?;
            let shade = (count * SHADES).div_ceil(most.max(1)).min(SHADES);
            Some(Cell { x: column_x(place), y: y - ROW / 2, count, shade })
        };
        let name = RowName::new(y, class);
        let hit =
            class.services.iter().map(|hit| format!("{} {}", one_line(&hit.name, 60), hit.count));
        Self {
            told: format!("{}: {}.", name.full, hit.collect::<Vec<_>>().join(", ")),
            cells: services.iter().enumerate().filter_map(cell).collect(),
            name,
        }
    }
}

fn column_x(nth: usize) -> i64 {
    LEFT + COLUMN * nth as i64
}

/// The services by the incidents of all classes on them, then by name.
fn most_hit<'a>(classes: &[&'a FailureClass]) -> Vec<&'a str> {
    let mut hits: BTreeMap<&str, u32> = BTreeMap::new();
    for service in classes.iter().flat_map(|class| &class.services) {
        *hits.entry(&service.name).or_default() += service.count;
    }
    let mut services: Vec<(&str, u32)> = hits.into_iter().collect();
    services.sort_by_key(|(_, count)| Reverse(*count));
    services.into_iter().take(SERVICES_MAX).map(|(name, _)| name).collect()
}
