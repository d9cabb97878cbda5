//! What is masked and what stays, over drawn credentials, lists of look-alikes and real texts.

mod corpora;
mod recall;
mod samples;
mod stays;
