//! Reports.

use std::collections::BTreeMap;

use engine::{Reported, Scope};
use recurrence::{
    ClassId, ClassInPeriod, DecidedClass, FailureClass, OverdueFollowUp, OwnerRecord, Report,
    ServiceRecord, Totals,
};

use super::failure_class::{wire_class, wire_cost};
use super::follow_up::wire_follow_up;
use super::incident_out::{wire_class_id, wire_line};
use super::time::wire;
use super::{capped, count};
use crate::limits::{REPORT_CLASSES_MAX, REPORT_ROWS_MAX};
use crate::proto;

/// The report of `scope`.
pub(crate) fn wire_report(reported: &Reported, scope: &Scope) -> proto::Report {
    let Reported { report, classes, one_offs, decided } = reported;
    let known: BTreeMap<ClassId, &FailureClass> =
        classes.iter().map(|class| (class.id, class)).collect();
    let rows = |rows: &[ClassInPeriod], most: usize| {
        rows.iter().take(most).map(|row| wire_row(row, &known)).collect()
    };
    proto::Report {
        scope: Some(wire_scope(report, scope)),
        as_of: Some(wire(report.as_of.at)),
        totals: Some(wire_totals(&report.totals)),
        classes: rows(&report.classes, REPORT_CLASSES_MAX),
        came_back: rows(&report.came_back_after_fix, REPORT_ROWS_MAX),
        getting_worse: rows(&report.getting_worse, REPORT_ROWS_MAX),
        fixed_and_held: rows(&report.held, REPORT_ROWS_MAX),
        new_classes: rows(&report.new_classes, REPORT_ROWS_MAX),
        overdue: report
            .overdue
            .iter()
            .take(REPORT_ROWS_MAX)
            .map(|item| wire_overdue(item, &known))
            .collect(),
        one_offs: one_offs.iter().cloned().map(wire_line).collect(),
        summary: report::summary(reported),
        previous_totals: report.previous_totals.as_ref().map(wire_totals),
        owners: report.owners.iter().take(REPORT_ROWS_MAX).map(wire_owner).collect(),
        services: report.services.iter().take(REPORT_ROWS_MAX).map(wire_service).collect(),
        counts: Some(wire_counts(reported)),
        decided: decided.iter().take(REPORT_ROWS_MAX).map(wire_decided).collect(),
    }
}

fn wire_counts(Reported { report, decided, .. }: &Reported) -> proto::ReportCounts {
    proto::ReportCounts {
        classes: count(report.classes.len()),
        came_back: count(report.came_back_after_fix.len()),
        getting_worse: count(report.getting_worse.len()),
        fixed_and_held: count(report.held.len()),
        new_classes: count(report.new_classes.len()),
        overdue: count(report.overdue.len()),
        one_offs: count(report.one_offs.len()),
        owners: count(report.owners.len()),
        services: count(report.services.len()),
        decided: count(decided.len()),
    }
}

fn wire_decided(decided: &DecidedClass) -> proto::DecidedClass {
    let DecidedClass { id, name, decision, told } = decided;
    proto::DecidedClass {
        class_id: id.to_string(),
        class_name: name.clone(),
        decision_id: decision.to_string(),
        text: told.clone(),
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

fn wire_owner(record: &OwnerRecord) -> proto::OwnerRecord {
    let OwnerRecord { owner, promised, overdue, in_vain, recurrences, minutes } = record;
    proto::OwnerRecord {
        owner: owner.clone(),
        promised: *promised,
        overdue: *overdue,
        done_in_vain: *in_vain,
        recurrences: *recurrences,
        minutes: capped(*minutes),
    }
}

fn wire_service(record: &ServiceRecord) -> proto::ServiceRecord {
    let ServiceRecord { service, incidents, classes, in_vain, minutes } = record;
    proto::ServiceRecord {
        service: service.clone(),
        incidents: *incidents,
        classes: *classes,
        fixed_in_vain: *in_vain,
        minutes: capped(*minutes),
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
