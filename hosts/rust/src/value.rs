//! Values of constraints and properties, as exact JSON.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A value of a constraint or of a property, with all digits of its numbers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Value(Box<RawValue>);

impl Value {
    /// The value as the caller's own type.
    ///
    /// # Errors
    ///
    /// If the type cannot represent the value.
    pub fn to<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.0.get())
    }

    pub fn as_json(&self) -> &str {
        self.0.get()
    }
}
