//! What Meta says to a new or edited template: the checks of the endpoint itself ([`format`]) and
//! the verdict of the review that comes later ([`verdict`]).

mod buttons;
pub(crate) mod format;
pub(crate) mod languages;
pub(crate) mod verdict;

#[cfg(test)]
mod tests;
