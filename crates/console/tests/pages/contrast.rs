//! Contrast of text on its ground, computed from the style sheet's custom properties (WCAG 2.2, 1.4.3 and 1.4.11).

use std::collections::HashMap;

use console::asset;

/// Text and the ground it stands on.
const TEXT: &[(&str, &[&str])] = &[
    ("text", &["ground", "card", "sunk", "accent-wash", "bad-wash", "warn-wash", "good-wash"]),
    ("soft", &["ground", "card", "sunk"]),
    ("accent", &["ground", "card", "accent-wash"]),
    ("on-accent", &["accent"]),
    ("bad", &["card", "bad-wash"]),
    ("on-bad", &["bad"]),
    ("warn", &["card", "warn-wash"]),
    ("good", &["card", "good-wash"]),
];
/// What has no text: lines of charts and marks.
const SHAPES: &[(&str, &[&str])] =
    &[("accent", &["card", "sunk"]), ("bad", &["card", "sunk"]), ("warn", &["card", "sunk"])];

#[test]
fn every_text_can_be_read_on_its_ground() {
    for (scheme, colours) in schemes() {
        for (pairs, least) in [(TEXT, 4.5), (SHAPES, 3.0)] {
            for (ink, grounds) in pairs {
                for ground in *grounds {
                    let ratio = contrast(colours[*ink], colours[*ground]);
                    assert!(ratio >= least, "{scheme}: {ink} on {ground} is {ratio:.2}");
                }
            }
        }
    }
}

#[test]
fn the_formula_is_that_of_wcag() {
    assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 0.01);
    assert!((contrast([0x77; 3], [255; 3]) - 4.48).abs() < 0.01);
}

/// The colours of light and dark: what stands in the first and in the second `:root`.
fn schemes() -> Vec<(&'static str, HashMap<String, [u8; 3]>)> {
    let css = asset("console.css").unwrap().content;
    let roots: Vec<_> = css.split(":root {").skip(1).map(|rest| colours(rest.split('}').next().unwrap())).collect();
    assert_eq!(roots.len(), 2);
    let keys = |map: &HashMap<String, [u8; 3]>| {
        let mut keys: Vec<_> = map.keys().cloned().collect();
        keys.sort();
        keys
    };
    assert_eq!(keys(&roots[0]), keys(&roots[1]), "each colour has a light and a dark value");
    ["light", "dark"].into_iter().zip(roots).collect()
}

fn colours(block: &str) -> HashMap<String, [u8; 3]> {
    let lines = block.split(';').filter_map(|line| line.trim().strip_prefix("--")?.split_once(": #"));
    lines.map(|(name, hex)| (name.to_owned(), rgb(hex))).collect()
}

fn rgb(hex: &str) -> [u8; 3] {
    assert_eq!(hex.len(), 6, "#{hex}");
    [0, 2, 4].map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
}

fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(rgb: [u8; 3]) -> f64 {
    let [r, g, b] = rgb.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}
