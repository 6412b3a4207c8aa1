//! Figures as a table: each counter is declared once, with its help text, and telemetry reads the table.

/// Declares a struct of counters that only go up, with `METRICS`: every figure's metric, its help text and where it is.
macro_rules! counters {
    (
        $(#[doc = $about:literal])*
        $Stats:ident, $prefix:literal, $subject:literal;
        $( $(#[doc = $doc:literal])* $name:ident ),* $(,)?
    ) => {
        $(#[doc = $about])*
        #[derive(Debug, Default)]
        pub struct $Stats { $( $(#[doc = $doc])* pub $name: $crate::Count, )* }

        impl $Stats {
            /// Every figure: its metric, its help text, where it is.
            pub const METRICS: &'static [(&'static str, &'static str, fn(&Self) -> &$crate::Count)] = &[ $( (
                concat!($prefix, stringify!($name), "_total"),
                concat!($subject, $($doc,)*),
                |stats| &stats.$name,
            ), )* ];
        }
    };
}

pub(crate) use counters;
