//! How much is logged; the fleet's desk may change it while the terminal runs.

use fleet_api::configuration::LogLevel;
use std::sync::OnceLock;
use tracing_subscriber::EnvFilter;

/// Sets another filter.
type Reload = Box<dyn Fn(EnvFilter) -> bool + Send + Sync>;

static RELOAD: OnceLock<Reload> = OnceLock::new();

/// What happens, on standard error: `RUST_LOG` says how much, else `usual`.
pub fn to_stderr(usual: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_filter_reloading();
    let handle = builder.reload_handle();
    builder.init();
    // A program begins to log once.
    let _ = RELOAD.set(Box::new(move |filter| handle.reload(filter).is_ok()));
}

/// Logs as much as this from now on; whether this program logs at all.
pub(crate) fn set_level(level: &LogLevel) -> bool {
    let word = match level {
        LogLevel::Error => "error",
        LogLevel::Warn => "warn",
        LogLevel::Debug => "debug,winit=error",
        LogLevel::Info | LogLevel::Unrecognised => "info,winit=error",
    };
    RELOAD.get().is_some_and(|reload| reload(EnvFilter::new(word)))
}
