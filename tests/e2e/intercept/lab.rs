//! Three hosts without root: a customer, a gateway and the world, each a network namespace inside one user namespace.
//!
//! ```text
//! customer 192.0.2.2 ── 192.0.2.1 gateway 198.51.100.1 ── 198.51.100.2 world
//!     2001:db8:1::2 ── ::1                2001:db8:2::1 ── 2001:db8:2::2
//! ```

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::harness::Daemon;

pub(crate) const CUSTOMER: [&str; 2] = ["192.0.2.2", "2001:db8:1::2"];
pub(crate) const GATEWAY: [&str; 2] = ["198.51.100.1", "2001:db8:2::1"];
pub(crate) const INSIDE: [&str; 2] = ["192.0.2.1", "2001:db8:1::1"];
pub(crate) const WORLD: [&str; 2] = ["198.51.100.2", "2001:db8:2::2"];

/// The lab, with a mail server in the world. It is gone when this is dropped, and when the test dies.
pub(crate) struct Lab {
    gateway: Holder,
    customer: Holder,
    world: Actor,
    _world: Holder,
    dir: TempDir,
}

impl Lab {
    /// Builds it; `None`, with a sentence, where that can't be done.
    pub(crate) fn build() -> Option<Self> {
        if let Some(missing) = missing() {
            eprintln!("skipped: interception in namespaces: {missing}");
            return None;
        }
        let dir = tempfile::tempdir().expect("a temporary directory");
        certificate(dir.path(), "sink");
        certificate(dir.path(), "gateway");
        let gateway = Holder::new(Command::new("unshare").args(["-Urn", "cat"]));
        let inner = || Holder::new(gateway.inside("unshare").args(["-n", "cat"]));
        let (customer, world_host) = (inner(), inner());
        run(gateway.inside("sh").args(["-ec", LINKS]).env("CUSTOMER", customer.pid()).env("WORLD", world_host.pid()));
        let file = |name: &str| dir.path().join(name).display().to_string();
        let sink = ["sink", &file("sink.pem"), &file("sink.key"), WORLD[0], WORLD[1]];
        let mut world = Actor::new(world_host.inside("python3").arg(script()).args(sink));
        assert_eq!(world.line(), "ready");
        Some(Self { gateway, customer, world, _world: world_host, dir })
    }

    /// Loads config/nftables.conf, changed like this.
    pub(crate) fn load(&self, changes: &[(&str, &str)]) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/nftables.conf");
        let mut rules = std::fs::read_to_string(path).expect("config/nftables.conf is there");
        for (from, to) in changes {
            assert!(rules.contains(from), "config/nftables.conf has no line \"{from}\"");
            rules = rules.replace(from, to);
        }
        let file = self.path("nftables.conf");
        std::fs::write(&file, rules).expect("our own directory");
        run(self.gateway.inside("nft").arg("-f").arg(file));
    }

    /// Runs nft on the gateway; what it prints.
    pub(crate) fn nft(&self, command: &str) -> String {
        let output = self.gateway.inside("nft").arg(command).output().expect("nft runs");
        assert!(output.status.success(), "nft {command}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Starts the daemon on the gateway with CAP_NET_RAW and no other capability.
    pub(crate) async fn start(&self, config: &Path) -> Daemon {
        self.start_with("-all,+net_raw", config).await
    }

    /// Starts it with these capabilities, as setpriv(1) writes them.
    pub(crate) async fn start_with(&self, capabilities: &str, config: &Path) -> Daemon {
        let mut command = self.gateway.inside("setpriv");
        command.args(["--bounding-set", capabilities, env!("CARGO_BIN_EXE_portreeve"), "serve", "--config"]);
        command.arg(config);
        Daemon::spawn(command).await
    }

    /// A mail client on the customer's host.
    pub(crate) fn customer(&self) -> Actor {
        Actor::new(self.customer.inside("python3").arg(script()).arg("client"))
    }

    /// A mail client on the gateway.
    pub(crate) fn local(&self) -> Actor {
        Actor::new(self.gateway.inside("python3").arg(script()).arg("client"))
    }

    /// What the mail server in the world has taken next.
    pub(crate) fn taken(&mut self) -> Value {
        serde_json::from_str(&self.world.line()).expect("a line of JSON")
    }

    /// A metric of the daemon, from where it can be had.
    pub(crate) fn metric(&self, http: SocketAddr, name: &str) -> f64 {
        let page = self.local().ask(&format!("get http://{http}/metrics"));
        let page: String = serde_json::from_str(&page).expect("the page as JSON");
        let sample = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        sample.unwrap_or_else(|| panic!("no metric {name}")).parse().expect("a number")
    }

    /// A file of the lab.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
}

const LINKS: &str = "
there() { nsenter -n -t \"$@\"; }
ip link set lo up
ip link add inside type veth peer name customer
ip link add outside type veth peer name world
ip link set customer netns $CUSTOMER
ip link set world netns $WORLD
ip addr add 192.0.2.1/24 dev inside; ip addr add 2001:db8:1::1/64 dev inside nodad; ip link set inside up
ip addr add 198.51.100.1/24 dev outside; ip addr add 2001:db8:2::1/64 dev outside nodad; ip link set outside up
there $CUSTOMER sh -ec 'ip link set lo up; ip addr add 192.0.2.2/24 dev customer
    ip addr add 2001:db8:1::2/64 dev customer nodad; ip link set customer up
    ip route add default via 192.0.2.1; ip -6 route add default via 2001:db8:1::1'
there $WORLD sh -ec 'ip link set lo up; ip addr add 198.51.100.2/24 dev world
    ip addr add 2001:db8:2::2/64 dev world nodad; ip link set world up
    ip route add default via 198.51.100.1; ip -6 route add default via 2001:db8:2::1'
echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
ip rule add fwmark 0x1/0x1 lookup 100; ip route add local default dev lo table 100
ip -6 rule add fwmark 0x1/0x1 lookup 100; ip -6 route add local default dev lo table 100
";

/// What is missing to build the lab.
fn missing() -> Option<String> {
    let works = |program: &str, arguments: &[&str]| {
        let mut command = Command::new(program);
        let quiet = command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        quiet.status().is_ok_and(|status| status.success())
    };
    let needed: [(&str, &[&str]); 5] = [
        ("ip", &["-V"]),
        ("nft", &["--version"]),
        ("nsenter", &["--version"]),
        ("setpriv", &["--version"]),
        ("python3", &["-c", "import ssl"]),
    ];
    let missing = needed.iter().find(|(program, arguments)| !works(program, arguments));
    if let Some((program, _)) = missing {
        return Some(format!("{program} is missing"));
    }
    let namespaces = works("unshare", &["-Urn", "nft", "list", "ruleset"]);
    (!namespaces).then(|| "user namespaces can't be made, or have no nftables".to_owned())
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/intercept/actor.py")
}

/// `NAME.pem` and `NAME.key` for `NAME.example`.
fn certificate(directory: &Path, name: &str) {
    let made = rcgen::generate_simple_self_signed([format!("{name}.example")]).expect("a certificate");
    std::fs::write(directory.join(format!("{name}.pem")), made.cert.pem()).expect("our own directory");
    std::fs::write(directory.join(format!("{name}.key")), made.signing_key.serialize_pem()).expect("our own directory");
}

fn run(command: &mut Command) {
    let output = command.output().expect("it can be run");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A process that does nothing but hold a namespace; `cat` ends with its standard input, so with us.
struct Holder(Actor);

impl Holder {
    fn new(command: &mut Command) -> Self {
        let mut holder = Actor::new(command);
        assert_eq!(holder.ask("in place"), "in place");
        Self(holder)
    }

    fn pid(&self) -> String {
        self.0.child.id().to_string()
    }

    /// A command inside.
    fn inside(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--preserve-credentials", "-U", "-n", "-t", &self.pid(), program]);
        command
    }
}

/// A process that answers lines with lines. It has time limits of its own, so reading from it ends.
pub(crate) struct Actor {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Actor {
    fn new(command: &mut Command) -> Self {
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = piped.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let input = child.stdin.take().expect("it is piped");
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        Self { child, input, output }
    }

    /// The answer to a line.
    pub(crate) fn ask(&mut self, line: &str) -> String {
        writeln!(self.input, "{line}").expect("it reads");
        self.line()
    }

    /// Asks, and expects an answer that begins like this.
    pub(crate) fn hears(&mut self, line: &str, start: &str) -> String {
        let answer = self.ask(line);
        assert!(answer.starts_with(start), "{line}: {answer}");
        answer
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("it writes");
        line.trim_end().to_owned()
    }
}

impl Drop for Actor {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
