//! What somebody typed.

use incident::{AsOf, Moment};

/// What can be said, a line each.
pub const HELP: &str = "\
similar TEXT: have we seen this before, and what fixed it?
class ID: how often a failure came back, and whether its fix held
report [30d | SINCE [UNTIL]]: what kept coming back, of the last 90 days where nothing is said
useful QUERY_ID INCIDENT yes|no: whether a match was the same failure
help: this list";

/// The days that a report without a period covers.
const REPORT_DAYS: u32 = 90;
/// More days than any history has.
const REPORT_DAYS_MAX: u32 = 36_500;

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// To know what can be said.
    Help,
    /// To know whether something was seen before.
    Similar {
        /// What it looks like; never empty.
        text: String,
    },
    /// To see a class.
    Class {
        /// Its id, as typed.
        id: String,
    },
    /// To see what kept coming back.
    Report {
        /// When.
        period: Period,
    },
    /// To say whether a match was the same failure.
    Useful {
        /// The name of the answer.
        query_id: String,
        /// The incident that was shown.
        incident_id: String,
        /// Whether it was.
        useful: bool,
    },
}

/// The time a report covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// So many days up to now; at least one.
    Days(u32),
    /// From one time to another.
    Between {
        /// The first moment.
        since: Moment,
        /// The last one; of a day its end. `None`: now.
        until: Option<AsOf>,
    },
}

/// Why a line is no command: what to tell whoever typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misunderstood {
    /// It begins with a word that is no command.
    #[error("`{word}` is no command; to ask whether this was seen before, say: similar {line}")]
    Unknown {
        /// The word.
        word: String,
        /// All that was typed.
        line: String,
    },
    /// A command without what it needs.
    #[error("{command}: expected {expected}")]
    Expected {
        /// The command.
        command: &'static str,
        /// What belongs behind it, with an example.
        expected: &'static str,
    },
}

/// Reads a line. An empty one asks for help.
///
/// # Errors
/// [`Misunderstood`].
pub fn parse(line: &str) -> Result<Command, Misunderstood> {
    let (word, rest) = first_word(line);
    match word.to_ascii_lowercase().as_str() {
        "" | "help" | "?" => Ok(Command::Help),
        "similar" => similar(rest),
        "class" => class(rest),
        "report" => report(rest),
        "useful" => useful(rest),
        _ => Err(Misunderstood::Unknown { word: word.to_owned(), line: line.trim().to_owned() }),
    }
}

/// Reads the line that came with a slash command: where that has the name of one of ours, as `/similar` has, all of the
/// line belongs to it; else the line says which one is meant.
///
/// # Errors
/// [`Misunderstood`].
pub fn parse_named(name: &str, line: &str) -> Result<Command, Misunderstood> {
    let asks_for_help = matches!(line.trim(), "" | "help");
    match name.trim_start_matches('/').to_ascii_lowercase().as_str() {
        "report" if line.trim().is_empty() => report(line),
        "similar" | "class" | "report" | "useful" if asks_for_help => Ok(Command::Help),
        "similar" => similar(line),
        "class" => class(line),
        "report" => report(line),
        "useful" => useful(line),
        _ => parse(line),
    }
}

fn similar(rest: &str) -> Result<Command, Misunderstood> {
    let expected = "what the alert says, such as: similar disk full on ledger-db";
    match rest.trim() {
        "" => Err(Misunderstood::Expected { command: "similar", expected }),
        text => Ok(Command::Similar { text: text.to_owned() }),
    }
}

fn class(rest: &str) -> Result<Command, Misunderstood> {
    let mut words = rest.split_whitespace();
    match (words.next(), words.next()) {
        (Some(id), None) => Ok(Command::Class { id: id.to_owned() }),
        _ => {
            let expected = "one id, such as: class FC-3";
            Err(Misunderstood::Expected { command: "class", expected })
        }
    }
}

fn report(rest: &str) -> Result<Command, Misunderstood> {
    let mut words = rest.split_whitespace();
    let period = match (words.next(), words.next(), words.next()) {
        (None, ..) => Some(Period::Days(REPORT_DAYS)),
        (Some(since), None, _) => days(since).or_else(|| between(since, None)),
        (Some(since), Some(until), None) => between(since, Some(until)),
        _ => None,
    };
    let expected = "nothing, a number of days, or one or two days, such as: report 30d, or: report 2026-08-01 2026-11-20";
    let period = period.ok_or(Misunderstood::Expected { command: "report", expected })?;
    Ok(Command::Report { period })
}

fn days(word: &str) -> Option<Period> {
    let number = word.strip_suffix('d')?.parse().ok()?;
    (1..=REPORT_DAYS_MAX).contains(&number).then_some(Period::Days(number))
}

fn between(since: &str, until: Option<&str>) -> Option<Period> {
    let since = Moment::parse(since).ok()?;
    let until = until.map(AsOf::parse).transpose().ok()?;
    Some(Period::Between { since, until })
}

fn useful(rest: &str) -> Result<Command, Misunderstood> {
    // An id may have blanks in it: what stands between the first word and the last is one.
    let (query_id, rest) = first_word(rest);
    let (incident_id, said) = rest.rsplit_once(char::is_whitespace).unwrap_or_default();
    let useful = match said.to_ascii_lowercase().as_str() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    match (incident_id.trim(), useful) {
        (incident_id, Some(useful)) if !incident_id.is_empty() => Ok(Command::Useful {
            query_id: query_id.to_owned(),
            incident_id: incident_id.to_owned(),
            useful,
        }),
        _ => {
            let expected = "the name of an answer, an incident, and yes or no, such as: useful q-1f-2a PM-2026-038 yes";
            Err(Misunderstood::Expected { command: "useful", expected })
        }
    }
}

fn first_word(text: &str) -> (&str, &str) {
    let text = text.trim();
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (word, rest.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: Command) {
        assert_eq!(parse(line), Ok(expected), "{line}");
    }

    fn similar(text: &str) -> Command {
        Command::Similar { text: text.into() }
    }

    fn of_days(days: u32) -> Command {
        Command::Report { period: Period::Days(days) }
    }

    #[test]
    fn each_command_is_read() {
        check("", Command::Help);
        check(" HELP me", Command::Help);
        check("similar  disk full\n on ledger-db ", similar("disk full\n on ledger-db"));
        check("Class FC-3", Command::Class { id: "FC-3".into() });
        check("report", of_days(90));
        check("report 30d", of_days(30));
        let useful = |incident_id: &str, useful| Command::Useful {
            query_id: "q-1".into(),
            incident_id: incident_id.into(),
            useful,
        };
        check("useful q-1 INC-7 yes", useful("INC-7", true));
        check("useful q-1 post mortems/INC 7 NO", useful("post mortems/INC 7", false));
    }

    #[test]
    fn a_report_is_of_days_or_between_them() {
        let Ok(Command::Report { period: Period::Between { since, until } }) =
            parse("report 2026-08-01 2026-08-31")
        else {
            unreachable!("it has a beginning and an end")
        };
        assert_eq!(since.to_string(), "2026-08-01");
        assert_eq!(until.expect("an end").date().to_string(), "2026-08-31");
        for line in
            ["report 0d", "report 36501d", "report soon", "report 2026-08-01 x", "report 1d 2d 3d"]
        {
            assert!(matches!(parse(line), Err(Misunderstood::Expected { .. })), "{line}");
        }
    }

    #[test]
    fn what_is_no_command_is_told_with_what_to_say_instead() {
        let told = parse("disk full").expect_err("no command").to_string();
        assert_eq!(
            told,
            "`disk` is no command; to ask whether this was seen before, say: similar disk full"
        );
        for line in [
            "similar",
            "class",
            "class a b",
            "useful",
            "useful q-1",
            "useful q-1 yes",
            "useful q-1 a maybe",
        ] {
            let error = parse(line).expect_err(line);
            assert!(matches!(error, Misunderstood::Expected { .. }), "{line}: {error}");
        }
    }

    #[test]
    fn a_slash_command_of_the_same_name_takes_the_whole_line() {
        assert_eq!(
            parse_named("/similar", "report job is stuck"),
            Ok(similar("report job is stuck"))
        );
        assert_eq!(parse_named("/similar", "help"), Ok(Command::Help));
        assert_eq!(parse_named("/similar", ""), Ok(Command::Help));
        assert_eq!(parse_named("/report", ""), Ok(of_days(90)));
        assert_eq!(parse_named("/report", "7d"), Ok(of_days(7)));
        assert_eq!(parse_named("/relapse", "similar disk full"), Ok(similar("disk full")));
        assert_eq!(parse_named("/webhook-collect", ""), Ok(Command::Help));
        assert!(parse_named("/relapse", "disk full").is_err());
    }
}
