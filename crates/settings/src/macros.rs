//! The macros that declare settings tables, list entries and choices.

/// Declares a `[table]` (every option has a default) or a `[[row]]` (options without a default are required).
///
/// ```
/// settings::settings! {
///     /// What the table is for.
///     pub table Example = "example" {
///         /// How many there may be.
///         count: u32 = 3, in 1..=10;
///     }
/// }
/// let mut document = settings::Document::parse("[example]\ncount = 11\ncolour = 1\n");
/// assert_eq!(document.table::<Example>().count, 3);
/// let problems = document.finish().into_sorted();
/// assert_eq!(problems[0].to_string(), "line 2: example.count: expected at least 1 and at most 10, found 11");
/// assert_eq!(problems[1].line, Some(3));
/// ```
#[macro_export]
macro_rules! settings {
    (
        $(#[doc = $doc:literal])*
        $vis:vis table $Name:ident = $key:literal {
            $( $(#[doc = $fdoc:literal])* $field:ident : $ty:ty = $default:expr $(, in $range:expr)? ; )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq)]
        $vis struct $Name { $( $(#[doc = $fdoc])* pub $field: $ty, )* }

        impl Default for $Name {
            fn default() -> Self {
                Self { $( $field: $default, )* }
            }
        }

        impl $crate::Table for $Name {
            const NAME: &'static str = $key;
            const DOC: &'static [&'static str] = &[$($doc),*];

            fn options() -> Vec<$crate::OptionDoc> {
                <Self as $crate::Table>::values(&Self::default())
            }

            fn values(&self) -> Vec<$crate::OptionDoc> {
                vec![ $( $crate::OptionDoc {
                    key: stringify!($field),
                    doc: &[$($fdoc),*],
                    value: $crate::Setting::show(&self.$field),
                }, )* ]
            }

            fn read(reader: &mut $crate::TableReader<'_, '_>) -> Self {
                let defaults = Self::default();
                Self { $( $field: $crate::settings!(@read reader, $field, $ty $(, $range)?).unwrap_or(defaults.$field), )* }
            }
        }
    };
    (
        $(#[doc = $doc:literal])*
        $vis:vis row $Name:ident = $key:literal {
            $( $(#[doc = $fdoc:literal])* $field:ident : $ty:ty $(= $default:expr)? $(, in $range:expr)? ; )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq)]
        $vis struct $Name { $( $(#[doc = $fdoc])* pub $field: $ty, )* }

        impl $crate::Row for $Name {
            const NAME: &'static str = $key;
            const DOC: &'static [&'static str] = &[$($doc),*];

            fn options(&self) -> Vec<$crate::OptionDoc> {
                vec![ $( $crate::OptionDoc {
                    key: stringify!($field),
                    doc: &[$($fdoc),*],
                    value: $crate::Setting::show(&self.$field),
                }, )* ]
            }

            fn read(reader: &mut $crate::TableReader<'_, '_>) -> Option<Self> {
                $( let $field = $crate::settings!(@row reader, $field, $ty, ($($default)?) $(, $range)?); )*
                Some(Self { $( $field: $field?, )* })
            }
        }
    };
    (@read $reader:ident, $field:ident, $ty:ty) => { $reader.optional::<$ty>(stringify!($field)) };
    (@read $reader:ident, $field:ident, $ty:ty, $range:expr) => { $reader.bounded::<$ty>(stringify!($field), $range) };
    (@row $reader:ident, $field:ident, $ty:ty, ()) => { $reader.required::<$ty>(stringify!($field)) };
    (@row $reader:ident, $field:ident, $ty:ty, (), $range:expr) => {
        $reader.required_within::<$ty>(stringify!($field), $range)
    };
    (@row $reader:ident, $field:ident, $ty:ty, ($default:expr) $(, $range:expr)?) => {
        Some($crate::settings!(@read $reader, $field, $ty $(, $range)?).unwrap_or($default))
    };
}

/// Declares an enumeration that is written as one of a few words.
///
/// ```
/// settings::choice! {
///     /// How loud.
///     pub enum Volume { /// Not at all.
///         Quiet = "quiet", /// Very.
///         Loud = "loud" }
/// }
/// assert_eq!(Volume::Loud.as_str(), "loud");
/// ```
#[macro_export]
macro_rules! choice {
    (
        $(#[doc = $doc:literal])*
        $vis:vis enum $Name:ident { $( $(#[doc = $vdoc:literal])* $Variant:ident = $word:literal ),* $(,)? }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $Name { $( $(#[doc = $vdoc])* $Variant, )* }

        impl $Name {
            /// Every choice, in order.
            pub const ALL: &'static [Self] = &[$( Self::$Variant ),*];

            /// The word, as it is written in the configuration and shown.
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$Variant => $word, )* }
            }

            /// The choice of that word.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $( $word => Some(Self::$Variant), )* _ => None }
            }
        }

        impl std::fmt::Display for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::Setting for $Name {
            fn allowed() -> String {
                let words = [$( concat!("\"", $word, "\"") ),*];
                if words.len() == 1 { words[0].into() } else { format!("one of {}", words.join(", ")) }
            }
            fn read(value: &$crate::Value<'_>) -> Result<Self, String> {
                let text = <String as $crate::Setting>::read(value).map_err(|_| format!("expected {}", Self::allowed()))?;
                Self::from_word(&text).ok_or_else(|| format!("expected {}, found \"{text}\"", Self::allowed()))
            }
            fn show(&self) -> String {
                format!("\"{}\"", self.as_str())
            }
            fn blank() -> Option<Self> {
                Self::ALL.first().copied()
            }
        }
    };
}
