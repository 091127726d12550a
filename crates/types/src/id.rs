//! Ids. Each is a short text with a prefix that says what it names; the shells make them, the cores only carry them.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        #[ts(as = "String", export, export_to = "api.ts")]
        pub struct $name(String);

        impl $name {
            /// Wraps a text that is already such an id.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// A chat thread, `c_…`.
    ConversationId
);
id!(
    /// A frozen task that can be approved once, `p_…`.
    PlanId
);
id!(
    /// An order at the call handler, `o_…`. One order is one attempt at a call.
    OrderId
);
id!(
    /// The carrier's name for a call, `CA` and 32 hexadecimal digits.
    CallSid
);
