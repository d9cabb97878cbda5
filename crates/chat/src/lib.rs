//! What people say to Relapse in a chat, and how it is answered there.
//!
//! * **In**: a line somebody typed; the bodies that Slack sends for a slash command or a button; a [`Message`] to show.
//! * **Out**: a [`Command`]; a [`SlashCommand`] or a [`Press`]; the message as Block Kit JSON ([`block_kit`]) or as
//!   plain text ([`plain`]).
//! * **Promises**: no text of a message becomes markup, a mention, a link or a control character where it is shown; what
//!   is longer than the chat takes is cut between characters, and says so; the same message gives the same bytes.
//! * **Does not know**: how anything is received, signed, answered or sent.
//!
//! ```
//! use chat::{Command, Message, Part, block_kit, plain};
//!
//! let command = chat::parse("similar disk full on ledger-db").expect("it is a command");
//! assert_eq!(command, Command::Similar { text: "disk full on ledger-db".into() });
//!
//! let message = Message::new("NEW: <nothing> close").with(Part::Quote("rm -rf /tmp/*".into()));
//! assert_eq!(plain(&message), "NEW: <nothing> close\n  \"rm -rf /tmp/*\"\n");
//! let json = block_kit(&message);
//! assert_eq!(json["text"], "NEW: &lt;nothing&gt; close");
//! ```

mod block_kit;
mod clean;
mod command;
mod cut;
mod error;
mod form;
mod message;
mod plain;
mod slack;

pub use block_kit::block_kit;
pub use clean::{clean, line};
pub use command::{Command, HELP, Misunderstood, Period, parse, parse_named};
pub use cut::cut;
pub use error::{Error, Result};
pub use message::{Message, Part};
pub use plain::plain;
pub use slack::{Press, SlashCommand, press, slash_command};
