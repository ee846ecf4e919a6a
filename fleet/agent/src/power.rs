//! Points at which the power may fail.
//!
//! A kiosk's program has none of it: without the feature `sim` a point does nothing.

/// Where power can fail.
#[derive(Debug, Clone, Default)]
pub struct Power {
    #[cfg(feature = "sim")]
    supply: Option<std::sync::Arc<crate::sim::power::Supply>>,
}

impl Power {
    /// Power that fails as the supply says.
    #[cfg(feature = "sim")]
    pub fn from_supply(supply: crate::sim::power::Supply) -> Self {
        Self { supply: Some(std::sync::Arc::new(supply)) }
    }

    /// The program may end here, as if the power failed.
    #[cfg_attr(not(feature = "sim"), allow(clippy::unused_self, reason = "a point of the simulator"))]
    pub(crate) fn point(&self, name: &str) {
        #[cfg(feature = "sim")]
        if let Some(supply) = &self.supply {
            supply.point(name);
        }
        #[cfg(not(feature = "sim"))]
        let _ = name;
    }
}
