//! What signs: HMAC-SHA-256 over `id.timestamp.body`, as Standard Webhooks lays down, once for each secret in force.

use std::path::Path;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A secret has at least so many bytes.
const SHORTEST: usize = 24;
/// More secrets than this sign nothing: each costs a signature in every request.
const MOST: usize = 4;

/// The secrets in force.
pub struct Secrets(Vec<hmac::Key>);

/// The keys are secret.
impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} secrets", self.0.len())
    }
}

impl Secrets {
    /// Those of a file, one in each line; lines that are empty or begin with `#` are left out.
    ///
    /// # Errors
    /// A sentence, when the file can't be read, others may read it, or a line is no secret.
    pub fn of_file(path: &Path) -> Result<Self, String> {
        let shown = path.display();
        let text = settings::secret_text(path)?;
        Self::parse(&text).map_err(|why| format!("{shown}: {why}"))
    }

    /// One secret a line.
    ///
    /// # Errors
    /// A sentence about the first line that is no secret; it never shows the secret.
    pub fn parse(text: &str) -> Result<Self, String> {
        let lines = text.lines().map(str::trim).enumerate();
        let secrets = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let keys = secrets.map(|(at, line)| key(line).map_err(|why| format!("line {}: {why}", at + 1)));
        let keys: Vec<_> = keys.collect::<Result<_, _>>()?;
        match keys.len() {
            0 => Err("there is no secret in it".into()),
            1..=MOST => Ok(Self(keys)),
            many => Err(format!("there are {many} secrets in it; at most {MOST} sign")),
        }
    }

    /// The value of the signature field: `v1,` and base 64, for each secret, with spaces between.
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let signed = [format!("{id}.{timestamp}.").as_bytes(), body].concat();
        let each = self.0.iter().map(|key| format!("v1,{}", STANDARD.encode(hmac::sign(key, &signed))));
        each.collect::<Vec<_>>().join(" ")
    }

    /// Whether one of these signatures, as [`Secrets::sign`] writes them, is of one of the secrets. Compared in constant time.
    pub fn verify(&self, id: &str, timestamp: i64, body: &[u8], signatures: &str) -> bool {
        let signed = [format!("{id}.{timestamp}.").as_bytes(), body].concat();
        let given = signatures.split(' ').filter_map(|each| STANDARD.decode(each.strip_prefix("v1,")?).ok());
        let fits = |given: &Vec<u8>| self.0.iter().any(|key| hmac::verify(key, &signed, given).is_ok());
        given.take(2 * MOST).any(|given| fits(&given))
    }
}

fn key(line: &str) -> Result<hmac::Key, String> {
    let bytes = match line.strip_prefix("whsec_") {
        Some(encoded) => STANDARD.decode(encoded).map_err(|_| "what follows whsec_ is not base 64".to_owned())?,
        None => line.as_bytes().to_vec(),
    };
    if bytes.len() < SHORTEST {
        return Err(format!("a secret has at least {SHORTEST} bytes, this one has {}", bytes.len()));
    }
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &bytes))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    #[test]
    fn the_signature_is_that_of_the_standards_example() {
        let secrets = Secrets::parse(SECRET).unwrap();
        let signature = secrets.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn every_secret_signs() {
        let both = Secrets::parse(&format!("# the new one\nanother secret of thirty bytes\n\n{SECRET}\n")).unwrap();
        let signed = both.sign("a", 1, b"x");
        let old = Secrets::parse(SECRET).unwrap().sign("a", 1, b"x");
        assert!(signed.split(' ').count() == 2 && signed.ends_with(&old), "{signed}");
    }

    #[test]
    fn a_signature_fits_what_was_signed_and_nothing_else() {
        let new = "another secret of thirty bytes";
        let (old, both) = (Secrets::parse(SECRET).unwrap(), Secrets::parse(&format!("{new}\n{SECRET}")).unwrap());
        let signed = old.sign("a", 7, b"x");
        assert!(old.verify("a", 7, b"x", &signed) && both.verify("a", 7, b"x", &signed));
        assert!(old.verify("a", 7, b"x", &both.sign("a", 7, b"x")), "one that fits is enough");
        for (id, at, body) in [("b", 7, "x"), ("a", 8, "x"), ("a", 7, "y")] {
            assert!(!both.verify(id, at, body.as_bytes(), &signed));
        }
        assert!(!Secrets::parse(new).unwrap().verify("a", 7, b"x", &signed));
        for junk in ["", "v1,", "v2,abc", "v1,!!!!", &signed[..20]] {
            assert!(!both.verify("a", 7, b"x", junk), "{junk}");
        }
    }

    #[test]
    fn what_is_no_secret_is_told_without_showing_it() {
        for (text, told) in [
            ("", "there is no secret in it"),
            ("whsec_!!!", "line 1: what follows whsec_ is not base 64"),
            ("\nshort", "line 2: a secret has at least 24 bytes, this one has 5"),
        ] {
            assert_eq!(Secrets::parse(text).unwrap_err(), told);
        }
        assert!(Secrets::parse(&format!("{SECRET}\n").repeat(5)).unwrap_err().contains("at most 4"));
    }

    #[test]
    fn a_file_that_others_may_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        std::fs::write(&file, SECRET).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o604)).unwrap();
        assert!(Secrets::of_file(&file).unwrap_err().contains("chmod 0600"));
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert!(Secrets::of_file(&file).is_ok());
        assert!(Secrets::of_file(&folder.path().join("none")).unwrap_err().contains("can't be read"));
    }
}
