//! What goes out to other machines, and only where the settings say so.

mod address;
mod client;
mod hosts;
#[cfg(test)]
pub(crate) mod stand_in;

pub(crate) use address::Address;
pub(crate) use client::Client;
pub(crate) use hosts::Hosts;
