//! Reports.

use std::collections::BTreeMap;

use engine::{IncidentLine, Reported, Scope};
use recurrence::{ClassId, ClassInPeriod, FailureClass, OverdueFollowUp, Report, Totals};

use super::failure_class::{wire_class, wire_cost};
use super::follow_up::wire_follow_up;
use super::incident_out::{wire_class_id, wire_line};
use super::time::wire;
use crate::proto;

/// The report of `scope`; `one_offs` are the lines of its one-offs.
pub(crate) fn wire_report(
    reported: &Reported,
    scope: &Scope,
    one_offs: Vec<IncidentLine>,
) -> proto::Report {
    let Reported { report, classes } = reported;
    let known: BTreeMap<ClassId, &FailureClass> =
        classes.iter().map(|class| (class.id, class)).collect();
    let rows = |rows: &[ClassInPeriod]| rows.iter().map(|row| wire_row(row, &known)).collect();
    proto::Report {
        scope: Some(wire_scope(report, scope)),
        as_of: Some(wire(report.as_of.at)),
        totals: Some(wire_totals(&report.totals)),
        classes: rows(&report.classes),
        came_back: rows(&report.came_back_after_fix),
        getting_worse: rows(&report.getting_worse),
        fixed_and_held: rows(&report.held),
        new_classes: rows(&report.new_classes),
        overdue: report.overdue.iter().map(|item| wire_overdue(item, &known)).collect(),
        one_offs: one_offs.into_iter().map(wire_line).collect(),
    }
}

fn wire_scope(report: &Report, scope: &Scope) -> proto::ReportScope {
    let Scope { services, teams, tags } = scope.clone();
    proto::ReportScope {
        since: report.period.since.map(wire),
        until: Some(wire(report.period.until)),
        services,
        teams,
        tags,
    }
}

fn wire_totals(totals: &Totals) -> proto::ReportTotals {
    let Totals { incidents, classes, recurring_incidents, cost, recurring_cost } = totals;
    proto::ReportTotals {
        incidents: *incidents,
        recurring_incidents: *recurring_incidents,
        one_offs: incidents.saturating_sub(*recurring_incidents),
        classes: *classes,
        cost: Some(wire_cost(cost)),
        recurring_cost: Some(wire_cost(recurring_cost)),
    }
}

fn wire_row(row: &ClassInPeriod, known: &BTreeMap<ClassId, &FailureClass>) -> proto::ReportedClass {
    proto::ReportedClass {
        failure_class: known.get(&row.id).map(|class| wire_class(class)),
        in_period: row.in_period,
        in_previous_period: row.in_previous,
        cost: Some(wire_cost(&row.cost)),
    }
}

fn wire_overdue(
    overdue: &OverdueFollowUp,
    known: &BTreeMap<ClassId, &FailureClass>,
) -> proto::OverdueFollowUp {
    let OverdueFollowUp { class, item } = overdue;
    let name = class.and_then(|class| known.get(&class)).map(|class| class.name.clone());
    proto::OverdueFollowUp {
        follow_up: Some(wire_follow_up(item.clone())),
        class_id: wire_class_id(*class),
        class_name: name.unwrap_or_default(),
    }
}
