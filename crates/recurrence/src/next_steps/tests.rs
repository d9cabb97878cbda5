use incident::Moment;
use proptest::prelude::*;

use super::*;

/// Sentences that tell of an action taken.
const STEPS: [&str; 57] = [
    "Restarted the primary.",
    "**Restarted** the primary",
    "Rolled back the deploy of checkout.",
    "Rolled fraud-scorer back to version 1.2.3.",
    "We rolled back to v1.2.3 and the errors stopped.",
    "The on-call engineer restarted both brokers.",
    "Then we manually drained node 10.0.0.1.",
    "10:42 UTC - Failed over to the replica",
    "At 10:42 restarted the gateway",
    "Finally, reverted the change of the schema.",
    "The deploy was rolled back.",
    "All workers were restarted at 12:00.",
    "The certificate has been renewed by hand.",
    "The database was failed over to the replica.",
    "The flag was quickly switched off by the team.",
    "The index was rebuilt by running the nightly job.",
    "Rule disabled, accounts unlocked in bulk.",
    "Cache purged on every node",
    "Config reverted.",
    "Fixed by restarting the pods.",
    "Resolved by rolling back to the previous image.",
    "Mitigated by temporarily disabling the feature.",
    "Restart the primary, then the replicas.",
    "Roll back the release",
    "Scale up the consumers",
    "Took the node out of rotation.",
    "Put retention back, restarted the brokers.",
    "Increased the pool from 20 to 50 connections.",
    "Raised `max_connections` to 400, e.g. for the batch jobs.",
    "Added an index on orders.created_at.",
    "Renewed the certificate of api.shop.example.",
    "Rotated the keys in https://vault.example/keys?no=1.",
    "Replaced the failed disk in rack 4.",
    "Ran `job --no-cache` again.",
    "Purged the queue; consumers caught up within minutes.",
    "Pinned the client to 2.3.1 to avoid the broken release.",
    "Freed 200 GB by deleting old segments.",
    "Capped the autoscaler at 12 pods.",
    "Shed traffic at the edge so that the cache could fill.",
    "Rolled back the deploy instead of restarting the primary.",
    "Instead of waiting, we drained the node.",
    "Rather than scaling out, the team raised the limit.",
    "Mitigation: disabled the experiment.",
    "Smaller batches, then restored the drained node.",
    "Re-enabled the health check.",
    "Reset the breaker and reopened the pool.",
    "The vendor replaced the faulty line card.",
    "Temporarily blocked the crawler at the edge.",
    "Restored everything that was deleted from the snapshot.",
    "In May the team enabled the new listener.",
    "Cordoned both nodes of rack 4.",
    "After the deploy we restarted the primary.",
    "In response, the keys were revoked and new ones issued.",
    "The table was restored from the last backup.",
    "Engineers scaled out the backend.",
    "Withdrew the routes of the second uplink.",
    "Deployed a version that closes its connections.",
];

/// Sentences that tell of none.
const NO_STEPS: [&str; 90] = [
    // Denied.
    "Did not restart the primary.",
    "Did **not** restart the primary",
    "We didn't restart the primary.",
    "We didn’t roll back the deploy.",
    "The primary was not restarted.",
    "The primary was *never* restarted.",
    "We could not fail over, the replica was restored too late.",
    "Nobody rolled back the release.",
    "No node was restarted.",
    "Neither pod was restarted.",
    "Restarted nothing.",
    "Raised the limit, which had no effect.",
    "Restarted the pods without success.",
    "The team was unable to drain the node and restarted it in vain.",
    "Rolling back failed to help, restarted the pods.",
    "The restart of the primary failed.",
    "Rolled back the deploy, which failed.",
    "We decided against it and restarted one pod.",
    "Drained the node, then held off.",
    "The restart was postponed, the queue was drained.",
    "The rollback was undone, the flag was removed.",
    "Avoided restarting the primary, drained it.",
    "The pods are no longer restarted by the job.",
    "We cannot say who restarted the primary.",
    // Supposed.
    "We would have restarted the primary.",
    "Should have rolled back the deploy.",
    "It might have been restarted.",
    "If it comes back, restart the primary.",
    "Restart the primary unless it is elected.",
    "Perhaps somebody restarted it.",
    "We considered that the primary be restarted.",
    "It was suggested that we rolled back.",
    "Discussed whether the team restarted the right node.",
    "Somebody thought we restarted the primary.",
    "The vendor said they rolled back the change.",
    "Was the primary restarted?",
    "Who restarted the primary?",
    // Yet to come.
    "We will restart the primary.",
    "The primary will be replaced.",
    "We plan to restart the primary.",
    "The disks are to be replaced, we ordered and added two.",
    "The primary still needs to be restarted.",
    "TODO: restart the primary",
    "Next step: restart the primary",
    "Follow-up: rolled out in May",
    "The rollback was prepared, the flag was set.",
    "We are going to restart the replica.",
    "The migration is scheduled, the window was extended.",
    "~~Restarted the primary~~",
    // Tried for nothing.
    "Tried restarting the primary, but the errors went on.",
    "We tried to roll back and restarted the pods.",
    "Restarted the primary, but it crashed again.",
    "Attempted a failover, then restarted the primary.",
    "Restarted twice before that.",
    "Initially restarted the pods.",
    "Restarting bought us ten minutes, so we restarted again.",
    "Raised the limit, which made it worse.",
    "Restarted the pods; the errors persisted.",
    "Although we restarted the pods, latency stayed high.",
    // No action of somebody.
    "The pods restarted.",
    "The pods crashed, restarted and crashed.",
    "The queue recovered by itself.",
    "The pods were restarted by the kubelet.",
    "The raised limit stayed.",
    "Restored backups were stale.",
    "Increased latency was seen on all nodes.",
    "The alert had been disabled in spring.",
    "The index that was dropped slowed the query.",
    "A bad deploy caused it and was rolled back.",
    "The table was deleted by mistake.",
    "The team noticed the alert and confirmed it.",
    "Errors went back to normal at 10:42.",
    "Hosts entries for the registry on two nodes.",
    "Service was fully restored at 11:30.",
    "Once the new build was deployed, errors rose.",
    "While the team migrated the table, writes stalled.",
    "The incident began when we deployed the release.",
    "The release that we deployed slowed the query.",
    "The deploy was stopped due to errors.",
    "The canary was automatically rolled back.",
    "It serves GET, PUT, and DELETE requests.",
    "A bad config (made by a tool) removed all routes.",
    "Old defaults enabled an intruder to read it.",
    "All sessions were dropped.",
    "Status: Closed",
    "Memory limits were left alone.",
    "The restart took ten minutes.",
    "What we restarted:",
    "Restarted.",
    "",
];

#[track_caller]
fn check(text: &str, expect: &[&str]) {
    assert_eq!(steps(text), expect, "{text}");
}

fn incident(id: &str, day: &str, resolution: &str) -> Incident {
    let mut incident = Incident::new("jsonl", id, "Primary gone");
    incident.started_at = Moment::parse(day).ok();
    incident.resolution = Some(resolution.to_owned());
    incident
}

fn told(members: &[Incident], usual_gap_days: Option<f64>) -> Vec<(String, String, u32, u32)> {
    let as_of = AsOf::parse("2026-01-31").expect("a day");
    let steps = next_steps(members, usual_gap_days, as_of).into_iter();
    let figures = |step: NextStep| {
        (step.text, step.incident_id.to_string(), step.times_used, step.times_held)
    };
    steps.map(figures).collect()
}

#[test]
fn did_not_restart_the_primary_is_never_a_next_step() {
    for denial in ["did not", "did **not**", "didn't", "didn’t", "could not", "never"] {
        check(&format!("We {denial} restart the primary."), &[]);
        check(
            &format!("- {denial} restart the primary\n- Raised the limit"),
            &["Raised the limit"],
        );
    }
    check("Drained the node. Did **not** restart the primary.", &["Drained the node."]);
}

#[test]
fn an_action_taken_is_a_step_word_for_word() {
    let missed: Vec<&str> = STEPS.into_iter().filter(|told| steps(told) != [*told]).collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn what_was_denied_supposed_promised_or_in_vain_is_none() {
    let leaked: Vec<&str> = NO_STEPS.into_iter().filter(|told| !steps(told).is_empty()).collect();
    assert!(leaked.is_empty(), "{leaked:#?}");
}

#[test]
fn what_the_next_sentence_takes_back_is_none() {
    check(
        "Restarted the pods. That did not help. Rolled back the deploy.",
        &["Rolled back the deploy."],
    );
    check("Raised the limit. No effect.", &[]);
    check(
        "1. Restarted the primary.\n2. It crashed again.\n3. Failed over to the replica.",
        &["Failed over to the replica."],
    );
    check("Restarted the pods. The errors persisted.", &[]);
}

#[test]
fn a_list_of_what_was_not_done_holds_no_steps() {
    check("We considered:\n- Restart the primary\n- Rolled back\n", &[]);
    check(
        "### What did not help\n1. Restarted the pods\n\n### Fix\n1. Drained the node",
        &["Drained the node"],
    );
    check("**Next steps**\n\n- Replace the disk", &[]);
    check("- [ ] Replaced the disk\n- [x] Drained the node", &["Drained the node"]);
}

#[test]
fn a_step_is_used_once_an_incident_and_quoted_from_the_newest() {
    let members = [
        incident("b", "2025-02-01", "We restarted the primary."),
        incident("a", "2025-01-01", "Restarted the primary. Later the primary was restarted."),
        incident("c", "", "Restarted primary 2"),
    ];
    let expect = ("We restarted the primary.".to_owned(), "b".to_owned(), 3, 0);
    assert_eq!(told(&members, None), [expect]);
}

#[test]
fn a_step_held_where_it_stayed_quiet_for_longer_than_usual() {
    let members = [
        incident("a", "2025-01-01", "Restarted the primary."),
        incident("b", "2025-02-01", "Restarted the primary. Drained the node."),
        incident("c", "2025-10-01", "Raised the limit."),
        incident("d", "2026-01-30", "Restarted the primary."),
    ];
    let figures: Vec<_> = told(&members, Some(60.0));
    let shown: Vec<(&str, &str, u32, u32)> = figures
        .iter()
        .map(|(text, id, used, held)| (&text[..7], id.as_str(), *used, *held))
        .collect();
    assert_eq!(shown, [("Restart", "d", 3, 1), ("Raised ", "c", 1, 1), ("Drained", "b", 1, 1)]);
}

#[test]
fn the_last_one_has_held_only_after_the_usual_gap() {
    let member = [incident("a", "2026-01-01", "Restarted the primary.")];
    assert_eq!(told(&member, Some(30.0))[0].3, 0);
    assert_eq!(told(&member, Some(29.0))[0].3, 1);
    assert_eq!(told(&member, None)[0].3, 0);
}

#[test]
fn equals_stand_in_the_order_of_their_incidents_and_their_text() {
    let members = [
        incident("b", "2025-02-01", "Drained it now. Purged the queue."),
        incident("a", "2025-02-01", "Removed the label. Capped the memo."),
    ];
    let texts: Vec<String> = told(&members, None).into_iter().map(|step| step.0).collect();
    assert_eq!(texts, ["Removed the label.", "Capped the memo.", "Purged the queue."]);
}

proptest! {
    #[test]
    fn a_step_is_a_part_of_its_text_and_holds_no_denial(
        parts in prop::collection::vec(prop::sample::select(PARTS.to_vec()), 0..30),
    ) {
        let text = parts.concat();
        for step in steps(&text) {
            prop_assert!(text.contains(step));
            prop_assert!(!words::words(step).iter().any(|word| word.text == "not"), "{}", step);
        }
    }
}

/// What the texts of the property are made of.
const PARTS: [&str; 20] = [
    "Restarted ",
    "the primary",
    "did not ",
    "**not** ",
    ". ",
    ".\n",
    "\n\n",
    "- ",
    "1. ",
    "`",
    "```\n",
    "é",
    "# ",
    ":",
    "We ",
    "rolled back ",
    "e.g. ",
    "|",
    "(",
    "instead of ",
];
