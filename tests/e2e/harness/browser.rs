//! A real browser: headless Chromium, driven by the WebDriver protocol (W3C) as a person would use it.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{until, within};

const CHROMIUM: &str = "/usr/bin/chromium";
const DRIVER: &str = "/usr/bin/chromedriver";
/// The key of an element's reference (WebDriver 12.3).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser with one window; closed when dropped.
pub(crate) struct Browser {
    driver: Child,
    address: SocketAddr,
    session: String,
    _profile: TempDir,
}

impl Browser {
    /// Starts one; `None`, with a sentence, where Chromium or its driver is missing.
    pub(crate) async fn start() -> Option<Self> {
        if !Path::new(CHROMIUM).exists() || !Path::new(DRIVER).exists() {
            eprintln!("skipped: browser tests: chromium and chromium-driver are not installed (Debian packages)");
            return None;
        }
        let profile = tempfile::tempdir().expect("a directory");
        let (driver, address) = (0..ATTEMPTS).find_map(|_| driver()).expect("the driver starts");
        let mut browser = Self { driver, address, session: String::new(), _profile: profile };
        browser.open().await;
        Some(browser)
    }

    async fn open(&mut self) {
        let profile = format!("--user-data-dir={}", self._profile.path().display());
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--disable-dev-shm-usage",
            "--lang=en",
            &profile,
        ];
        let options = json!({ "binary": CHROMIUM, "args": arguments });
        let wanted = json!({ "capabilities": { "alwaysMatch": { "browserName": "chrome", "goog:chromeOptions": options,
                "goog:loggingPrefs": { "browser": "ALL" } } } });
        let answer = self.call("/session", &wanted).await;
        self.session = answer["sessionId"].as_str().unwrap_or_else(|| panic!("no session: {answer}")).to_owned();
    }

    /// Goes to an address.
    pub(crate) async fn goto(&self, url: &str) {
        self.command("url", &json!({ "url": url })).await;
    }

    /// Clicks on the first thing that a selector finds, as soon as the page has it.
    pub(crate) async fn click(&self, selector: &str) {
        until(&format!("a click on {selector}"), || self.act(selector, "click", json!({}))).await;
    }

    /// Types into a field, in place of what stands there.
    pub(crate) async fn fill(&self, selector: &str, text: &str) {
        until(&format!("the field {selector}"), || self.act(selector, "clear", json!({}))).await;
        self.press(selector, text).await;
    }

    /// Presses keys while that is focused.
    pub(crate) async fn press(&self, selector: &str, keys: &str) {
        until(&format!("keys for {selector}"), || self.act(selector, "value", json!({ "text": keys }))).await;
    }

    /// Presses keys, whatever has the focus.
    pub(crate) async fn keys(&self, keys: &str) {
        let press = |key: char| {
            let value = key.to_string();
            [json!({ "type": "keyDown", "value": value }), json!({ "type": "keyUp", "value": value })]
        };
        let presses: Vec<Value> = keys.chars().flat_map(press).collect();
        self.command("actions", &json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": presses }] })).await;
    }

    /// Goes on by the tabulator until the focus is where the selector says; every stop on the way is seen.
    pub(crate) async fn tab_to(&self, selector: &str) {
        let look = format!(
            "const at = document.activeElement, style = getComputedStyle(at);
             const seen = at === document.body || (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2);
             return [at.matches({selector:?}), seen, at.outerHTML.slice(0, 200)]"
        );
        for _ in 0..MOST_TABS {
            self.keys(TAB).await;
            let stop = self.run(&look).await;
            assert_eq!(stop[1], true, "nobody sees where the focus is: {}", stop[2]);
            if stop[0] == true {
                return;
            }
        }
        panic!("{MOST_TABS} stops, and none of them is {selector}");
    }

    /// What a person reads on the page.
    pub(crate) async fn text(&self) -> String {
        self.run("return document.body.innerText").await.as_str().unwrap_or_default().to_owned()
    }

    /// The value of a script.
    pub(crate) async fn run(&self, script: &str) -> Value {
        self.command("execute/sync", &json!({ "script": script, "args": [] })).await
    }

    /// Waits until a person reads this on the page, without doing anything.
    pub(crate) async fn reads(&self, wanted: &str) {
        until(&format!("the page says {wanted:?}"), || async { self.text().await.contains(wanted) }).await;
    }

    /// A command of Chromium's own protocol.
    pub(crate) async fn chromium(&self, command: &str, parameters: Value) -> Value {
        self.command("goog/cdp/execute", &json!({ "cmd": command, "params": parameters })).await
    }

    /// What the browser has complained about since it was asked last: what the policy forbids, scripts that failed.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let log = self.command("se/log", &json!({ "type": "browser" })).await;
        let said = log.as_array().into_iter().flatten().filter_map(|entry| entry["message"].as_str());
        // A page that isn't there, or a form that can't be used, is answered so; that is no complaint about the page.
        said.filter(|text| !text.contains("the server responded with a status of 4")).map(str::to_owned).collect()
    }

    /// Shows pages as that screen does from now on.
    pub(crate) async fn screen(&self, screen: Screen) {
        let still = json!({ "name": "prefers-reduced-motion", "value": "reduce" });
        let scheme = json!({ "name": "prefers-color-scheme", "value": if screen.dark { "dark" } else { "light" } });
        self.chromium("Emulation.setEmulatedMedia", json!({ "features": [scheme, still] })).await;
        let metrics =
            json!({ "width": screen.width, "height": screen.height, "deviceScaleFactor": 1, "mobile": screen.mobile });
        self.chromium("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// A picture of the whole page.
    pub(crate) async fn picture(&self, file: &Path) {
        let shot =
            self.chromium("Page.captureScreenshot", json!({ "captureBeyondViewport": true, "format": "png" })).await;
        let bytes = base64(shot["data"].as_str().expect("a picture"));
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("target can be written");
        std::fs::write(file, bytes).expect("target can be written");
    }

    /// Does something to the first thing that a selector finds; false when the page has none, or is just being left.
    async fn act(&self, selector: &str, action: &str, body: Value) -> bool {
        let wanted = json!({ "using": "css selector", "value": selector });
        let found = self.attempt(&format!("/session/{}/element", self.session), &wanted).await;
        let Some(element) = found["value"][ELEMENT].as_str() else { return false };
        let done = self.attempt(&format!("/session/{}/element/{element}/{action}", self.session), &body).await;
        done["value"]["error"].is_null()
    }

    async fn command(&self, command: &str, body: &Value) -> Value {
        self.call(&format!("/session/{}/{command}", self.session), body).await
    }

    async fn call(&self, path: &str, body: &Value) -> Value {
        let answer = self.attempt(path, body).await;
        assert!(answer["value"]["error"].is_null(), "{path} {body}: {}", answer["value"]["message"]);
        answer["value"].clone()
    }

    /// A command of the protocol, whatever came of it.
    async fn attempt(&self, path: &str, body: &Value) -> Value {
        let answer = within(path, exchange(self.address, "POST", path, &body.to_string())).await;
        let answer = answer.unwrap_or_else(|error| panic!("{path}: {error}"));
        serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{path}: {error}: {answer}"))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver ends its browsers when it is asked to; a browser whose driver was killed would stay.
        let _ = std::net::TcpStream::connect(self.address).and_then(|mut stream| {
            use std::io::{Read, Write};
            let request =
                format!("DELETE /session/{} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", self.session);
            stream.write_all(request.as_bytes())?;
            stream.set_read_timeout(Some(std::time::Duration::from_secs(10)))?;
            stream.read(&mut [0; 64])
        });
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// What a page is looked at on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Screen {
    pub(crate) name: &'static str,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) mobile: bool,
    pub(crate) dark: bool,
}

impl Screen {
    /// Desktop and telephone, by day and by night.
    pub(crate) const ALL: [Self; 4] = [
        Self { name: "desktop-light", width: 1280, height: 900, mobile: false, dark: false },
        Self { name: "desktop-dark", width: 1280, height: 900, mobile: false, dark: true },
        Self { name: "telephone-light", width: 390, height: 844, mobile: true, dark: false },
        Self { name: "telephone-dark", width: 390, height: 844, mobile: true, dark: true },
    ];

    /// Where a picture of a page on it goes.
    pub(crate) fn file(self, page: &str) -> PathBuf {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screenshots");
        folder.join(format!("{page}-{}.png", self.name))
    }
}

/// Stops of a page; more are too many for anybody.
const MOST_TABS: usize = 120;
/// Keys of WebDriver (17.4.2).
const TAB: &str = "\u{e004}";
pub(crate) const ENTER: &str = "\u{e007}";

/// A driver takes a free port of IPv4 for IPv6 as well, and ends when another one has that.
const ATTEMPTS: u32 = 10;

/// A driver, and where it listens; `None` when it has ended at once.
fn driver() -> Option<(Child, SocketAddr)> {
    let mut command = Command::new(DRIVER);
    command.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null());
    let mut driver = command.spawn().expect("the driver starts");
    let Some(address) = port_of(&mut driver) else {
        driver.wait().expect("it is our child");
        return None;
    };
    Some((driver, address))
}

/// "ChromeDriver was started successfully on port 40123."
fn port_of(driver: &mut Child) -> Option<SocketAddr> {
    let output = driver.stdout.take().expect("its output is piped");
    let mut lines = BufReader::new(output).lines().map_while(Result::ok);
    let line = lines.find(|line| line.contains("started successfully on port"))?;
    let port: String = line.chars().filter(char::is_ascii_digit).collect();
    // Nobody empties the pipe any more: the thread does until the driver ends.
    std::thread::spawn(move || lines.for_each(drop));
    Some(SocketAddr::from(([127, 0, 0, 1], port.parse().expect("a port"))))
}

async fn exchange(address: SocketAddr, method: &str, path: &str, body: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + body).as_bytes()).await?;
    let mut answer = Vec::new();
    let mut buffer = vec![0; 65_536];
    loop {
        let read = stream.read(&mut buffer).await?;
        answer.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&answer);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
        if read == 0 || length.is_some_and(|length: usize| body.len() >= length) {
            return Ok(body.to_owned());
        }
    }
}

/// RFC 4648 4, of a sender who writes it right.
fn base64(text: &str) -> Vec<u8> {
    let value = |byte| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let bytes: Vec<u8> = text.bytes().filter(|byte| *byte != b'=').map(value).collect();
    let quads = bytes.chunks(4).flat_map(|quad| {
        let bits = quad.iter().fold(0_u32, |bits, six| bits << 6 | u32::from(*six)) << (6 * (4 - quad.len()));
        bits.to_be_bytes()[1..quad.len()].to_vec()
    });
    quads.collect()
}
