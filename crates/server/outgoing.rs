//! What goes out to other machines, and only where the settings say so.
//!
//! Answers to alerts go to the destinations of a file. Which ones are to go is kept in the store, so a restart loses
//! none and an alert never waits for them. None goes out twice: before a note is sent it is kept that it is being sent;
//! where nobody knows whether it arrived, it is looked for at the destination first, or sent again under the same key
//! where that is harmless, or given up where it is neither.

use std::sync::Arc;

use engine::NoteState;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tonic::Status;

use self::destination::Destination;
use self::sender::{Pace, Sender};
use crate::config::Config;
use crate::dispatch::Dispatch;
use crate::service::{Listener, Service};

mod address;
mod client;
mod destination;
mod hosts;
mod note;
mod pagerduty;
mod sender;
mod slack;
#[cfg(test)]
pub(crate) mod stand_in;
mod trouble;
mod webhook;

pub(crate) use address::Address;
pub(crate) use client::Client;
pub(crate) use hosts::Hosts;

/// Where answers to alerts go.
#[derive(Default)]
pub(crate) struct Outgoing {
    destinations: Vec<(Arc<Destination>, Arc<Notify>)>,
    listeners: Arc<[Listener]>,
}

impl Outgoing {
    /// Reads the file of destinations that `config` names; without one nothing goes out.
    ///
    /// # Errors
    /// `UNAVAILABLE` where a file cannot be read, `INVALID_ARGUMENT` with all that is wrong.
    pub(crate) fn read(config: &Config) -> Result<Self, Status> {
        let Some(file) = &config.destinations else {
            return Ok(Self::default());
        };
        let read = destination::read(file, &Hosts::new(&config.outgoing_hosts))?;
        let listeners = read.iter().map(Destination::listener).collect();
        let bell = |destination| (Arc::new(destination), Arc::default());
        Ok(Self { destinations: read.into_iter().map(bell).collect(), listeners })
    }

    /// Who is told of answers.
    pub(crate) fn listeners(&self) -> Arc<[Listener]> {
        Arc::clone(&self.listeners)
    }

    /// Has the senders look whether there is something to send.
    pub(crate) fn ring(&self) {
        self.destinations.iter().for_each(|(_, bell)| bell.notify_one());
    }

    /// Sends what is to be sent, each destination for itself, until the server is asked to stop. Who drops the set cuts
    /// off what is being sent then.
    pub(crate) fn start(&self, dispatch: &Arc<Dispatch>) -> JoinSet<()> {
        self.name_the_stranded(dispatch.service());
        let mut senders = JoinSet::new();
        let client = Client::new();
        for (destination, bell) in &self.destinations {
            tracing::info!(destination = destination.name, "answers to alerts go out");
            let (dispatch, destination) = (Arc::clone(dispatch), Arc::clone(destination));
            let (client, pace) = (client.clone(), Pace::default());
            let sender = Sender::new(dispatch, destination, client, pace, Arc::clone(bell));
            senders.spawn(async move { sender.run().await });
        }
        senders
    }

    /// Says in the log what waits for a destination that the settings do not name any more.
    fn name_the_stranded(&self, service: &Service) {
        for (destination, state, notes) in service.note_counts().unwrap_or_default() {
            let is_under_way = matches!(state, NoteState::Waiting | NoteState::Sending);
            if is_under_way && !self.listeners.iter().any(|one| one.name == destination) {
                let state = state.name();
                tracing::warn!(destination, state, notes, "no settings for what is to go there");
            }
        }
    }
}
