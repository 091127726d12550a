//! Those who are called.

mod clerk;
mod pizzeria;
mod words;
