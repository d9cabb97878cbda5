//! Failures that tools like this one were seen to have, each held down by a test.

use engine::{Answer, Filter, Verdict};
use incident::{Incident, IncidentId};

use crate::examples::samples;
use crate::folder::{Folder, ask, ids, item, now, page, synthetic};

/// Incidents of one line each, under their numbers.
fn folder_of(titles: &[&str]) -> Folder {
    let folder = Folder::new();
    let incident = |(number, title): (usize, &&str)| {
        item(&Incident::new("jsonl", format!("T-{number}"), *title))
    };
    folder.take_all(titles.iter().enumerate().map(incident).collect());
    folder
}

/// Incidents that share no word with any other of the tests, each with five words of its own: `stem` and
/// a number in letters.
fn unrelated(stem: &str, n: usize) -> Vec<Incident> {
    let letter = |digit: u8| char::from(digit - b'0' + b'k');
    let word = |number: usize| {
        let number = format!("{number:03}");
        format!("{stem}{}", number.bytes().map(letter).collect::<String>())
    };
    let title = |nth: usize| (5 * nth..5 * nth + 5).map(word).collect::<Vec<_>>().join(" ");
    (0..n).map(|nth| Incident::new("jsonl", format!("{stem}-{nth}"), title(nth))).collect()
}

fn scores(answer: &Answer) -> Vec<(&str, f64)> {
    answer.matches.iter().map(|found| (found.incident.id.as_str(), found.score)).collect()
}

/// How far the best match stands above the best one outside its class.
fn margin(answer: &Answer) -> f64 {
    let best = answer.matches.first().expect("something is found");
    let outside = answer.matches.iter().find(|found| found.class != best.class);
    best.score - outside.map_or(0.0, |found| found.score)
}

const PLATFORM: [&str; 6] = [
    "Postgres failover took the ledger down for twenty minutes",
    "TLS handshake failures: x509 certificate has expired or is not yet valid",
    "Postgres primary lost, failover by hand after the election expired",
    "Queue of the mailer stuck behind a poison message",
    "Disk full on the build hosts",
    "Certificate of the partner gateway expired on a Sunday",
];

#[test]
fn an_expired_certificate_is_no_failover_of_postgres() {
    let folder = folder_of(&PLATFORM);
    for question in
        ["expired certificate", "certificate expired on the edge", "x509: certificate has expired"]
    {
        let answer = ask(&folder, question);
        let best = ids(&answer)[0];
        assert!(["T-1", "T-5"].contains(&best), "{question}: {:?}", scores(&answer));
    }
    let folder = Folder::new();
    folder.take_all(samples());
    let answer = ask(&folder, "certificate expired, clients refuse to connect");
    let name = answer.failure_class.map(|class| class.name);
    assert_eq!(
        (answer.verdict, name.as_deref()),
        (Verdict::Recurrence, Some("Certificate expired"))
    );
}

#[test]
fn ssl_negotiation_errors_are_tls_handshake_failures() {
    let folder = folder_of(&[
        "Postgres failover took the ledger down for twenty minutes",
        "TLS handshake failures",
        "Disk full on the build hosts",
        "Contract of the partner under negotiation",
        "Password of the mailer expired",
    ]);
    let answer = ask(&folder, "SSL negotiation errors, cert expired");
    let nearest = answer.matches.first().or(answer.nearest_miss.as_ref()).expect("the nearest");
    assert_eq!(nearest.incident.id.as_str(), "T-1");
    let told: Vec<&str> = nearest.contributions.iter().map(|part| part.term.as_str()).collect();
    assert!(told.contains(&"tls (ssl)") && told.contains(&"handshake (negotiation)"), "{told:?}");
    let exact = ask(&folder, "TLS handshake failures");
    assert!(exact.matches[0].score > nearest.score, "other words are worth less");

    let folder = Folder::new();
    folder.take_all(samples());
    let said = [
        ("SSL negotiation errors on the gateway", "TLS handshake failures"),
        ("x509 cert expired", "Certificate expired"),
        ("ENOSPC on the hosts", "Disk full"),
        ("pods run out of memory", "Memory leak pods OOM killed"),
    ];
    for (question, class) in said {
        let name = ask(&folder, question).failure_class.map(|class| class.name);
        assert_eq!(name.as_deref(), Some(class), "{question}");
    }
}

#[test]
fn restarted_server_is_no_service() {
    let folder = Folder::new();
    let text = "# Checkout slow\n\n## Summary\nThe server service was slow.\n\n## Resolution\n\
                Restarted server, restarted service twice.\n";
    folder.take(page("pages/slow", text));
    let stored = folder.incident(&IncidentId::new("pages/slow"), now()).expect("it is stored");
    assert_eq!(stored.incident.services, Vec::<String>::new());
    let answer = ask(&folder, "checkout slow, restarted server");
    assert!(!answer.headline.contains("on restarted"), "{}", answer.headline);
}

#[test]
fn unrelated_incidents_move_scores_through_the_document_frequencies_alone() {
    let question = "certificate expired during a failover";
    let alone = folder_of(&PLATFORM);
    let before = ask(&alone, question);
    let [left, right] = ["zaqu", "vexo"].map(|stem| {
        let folder = folder_of(&PLATFORM);
        folder.take_all(unrelated(stem, 40).iter().map(item).collect());
        folder
    });
    let (left_answer, right_answer) = (ask(&left, question), ask(&right, question));
    assert!(left_answer.matches.iter().all(|found| found.incident.id.as_str().starts_with("T-")));
    assert_eq!(ids(&left_answer), ids(&right_answer));
    for ((id, left), (_, right)) in scores(&left_answer).into_iter().zip(scores(&right_answer)) {
        // The latent space is begun in drawn directions, which the words of others turn by a rounding.
        assert!((left - right).abs() < 1e-6, "{id}: {left} or {right}");
    }
    for number in 0..40 {
        left.delete(&IncidentId::new(format!("zaqu-{number}"))).expect("it is stored");
    }
    assert_eq!(scores(&ask(&left, question)), scores(&before));
}

#[test]
fn an_identical_message_is_always_found_and_never_new() {
    let folder = folder_of(&ALERTS);
    folder.take_all(synthetic(300, 20).iter().map(item).collect());
    for (number, alert) in ALERTS.iter().enumerate() {
        let answer = ask(&folder, alert);
        assert_eq!(answer.verdict, Verdict::Recurrence, "{alert}");
        assert_eq!(ids(&answer)[0], format!("T-{number}"), "{alert}");
    }
    let folder = Folder::new();
    folder.take_all(samples());
    let listed = folder.incidents(Filter::default(), now(), 0, 100).expect("readable");
    for line in &listed.items {
        let answer = ask(&folder, &line.title);
        assert_eq!(answer.verdict, Verdict::Recurrence, "{}", line.title);
        assert!(ids(&answer).contains(&line.id.as_str()), "{} is not found", line.title);
    }
}

/// Messages as machines send them, some hardly a sentence.
const ALERTS: [&str; 7] = [
    "[FIRING:1] DiskSpaceLow instance=10.0.0.7:9100 mountpoint=/var severity=critical",
    "ALERT web-7f9c8d-x2x CrashLoopBackOff exit code 137",
    "CPU > 90% for 5m on db-3",
    "disk full",
    "Timeout",
    "It is down",
    "java.lang.OutOfMemoryError: Java heap space",
];

#[test]
fn the_failure_that_recurs_most_is_not_the_least_certain() {
    let often =
        (0..11).map(|nth| format!("Checkout pool exhausted, connections held {nth} minutes"));
    let twice = (0..2).map(|nth| format!("Thumbnails missing, resizer crashed {nth} times"));
    let titles: Vec<String> = often.chain(twice).collect();
    let titles: Vec<&str> = titles.iter().map(String::as_str).chain(PLATFORM).collect();
    let folder = folder_of(&titles);
    let of_eleven = ask(&folder, "checkout connections exhausted in the pool");
    let of_two = ask(&folder, "resizer crashed, thumbnails missing everywhere");
    let class_sizes = [&of_eleven, &of_two]
        .map(|answer| answer.failure_class.as_ref().map_or(0, |class| class.occurrences.total));
    assert_eq!(class_sizes, [11, 2]);
    assert_eq!([of_eleven.verdict, of_two.verdict], [Verdict::Recurrence; 2]);
    assert!(margin(&of_eleven) >= margin(&of_two), "{} {}", margin(&of_eleven), margin(&of_two));
    assert_eq!(of_eleven.matches[0].collapsed, 10, "the best of the class stands for all of it");
}

#[test]
fn a_title_of_two_words_is_answered_or_too_little_and_never_noise() {
    let folder = Folder::new();
    folder.take_all(samples());
    let answered = [
        ("disk full", "Disk full"),
        ("cache stampede", "Cache stampede"),
        ("certificate expired", "Certificate expired"),
        ("memory leak", "Memory leak pods OOM killed"),
    ];
    for (title, class) in answered {
        let answer = ask(&folder, title);
        let name = answer.failure_class.map(|class| class.name);
        assert_eq!((answer.verdict, name.as_deref()), (Verdict::Recurrence, Some(class)));
    }
    for title in ["printer jam", "quarterly newsletter", "disk newsletter", "forklift breaker"] {
        let answer = ask(&folder, title);
        assert_eq!(answer.verdict, Verdict::InsufficientText, "{title}");
        assert!(answer.matches.is_empty() && answer.nearest_miss.is_none(), "{title}");
        assert!(answer.next_steps.is_empty() && answer.failure_class.is_none(), "{title}");
    }
    for title in ["site slow", "checkout broken"] {
        assert_ne!(ask(&folder, title).verdict, Verdict::Recurrence, "{title}");
    }
}
