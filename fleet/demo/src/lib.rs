//! A fleet of simulated terminals in the sample city.
//!
//! Duty: real agents and a real server over real TLS, with everything before and below the agent (screen, machine, slots)
//! played by a seed. Never: known by any part of the product.

pub mod crowd;
pub mod fleet;
pub mod kiosk;
pub mod past;
pub mod prove;
pub mod scale;
pub mod screen;
pub mod town;
mod trouble;
