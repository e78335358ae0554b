//! The grammar of the command line.

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::path::PathBuf;

/// One description of a Kubernetes cluster in, the boot media that Ignition reads out.
#[derive(Debug, Parser)]
#[command(name = "tinderbox", version, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 done, 1 the cluster has problems, 2 wrong usage or a file that cannot be read or written."
)]
pub struct Arguments {
    /// When to color what is printed
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub color: Color,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Color {
    /// On a terminal that can
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print every problem of a cluster at once
    #[command(
        after_help = "Examples:\n  tinderbox check cluster.nix\n  tinderbox check cluster.json --format json | jq '.problems[].path'"
    )]
    Check {
        #[command(flatten)]
        cluster: ClusterArgument,
        /// How the problems are printed
        #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Text)]
        format: Format,
    },
    /// Make the boot media of a cluster
    #[command(
        after_help = "Examples:\n  tinderbox build cluster.nix -o out\n  tinderbox build cluster.json -o out --secrets secrets\n  tinderbox build cluster.json -o out --node app-kube1 --emit json\n\nDIR is replaced as a whole, and only if it is empty or just as tinderbox left it."
    )]
    Build(BuildArguments),
    /// Make the keys and certificates that a cluster needs and does not have yet, renew or list them
    #[command(
        after_help = "Examples:\n  tinderbox keys cluster.nix -o secrets\n  tinderbox keys cluster.nix -o secrets --status\n  tinderbox keys cluster.nix -o secrets --renew leaf\n\nKeys that are there are never overwritten. Keep the directory out of version control and of the Nix store. With --status the exit code is 1 when a certificate is about to expire, or wrong."
    )]
    Keys(KeysArguments),
    /// Print a cluster as the cluster.json that a machine without Nix can build
    #[command(after_help = "Example:\n  tinderbox export cluster.nix > cluster.json")]
    Export {
        #[command(flatten)]
        cluster: ClusterArgument,
    },
    /// Print the Nix derivations of the config ISOs, one a node, without Nix
    #[command(
        after_help = "Examples:\n  tinderbox drv cluster.nix\n  tinderbox drv cluster.nix --export | nix-store --import\n  nix build \"$(tinderbox drv cluster.nix --node app-kube1 --format json | jq -r '.nodes[].drvPath')^*\"\n\nThe output of a derivation is the image itself. Its only inputs are the node's config.json and the program that writes the image, so a changed node changes its own derivation alone. The program must be in the store already; a store that runs as a daemon takes the stream from trusted users only."
    )]
    Drv(DrvArguments),
    /// Write the config ISO of one config.json: what the derivations of `tinderbox drv` run
    #[command(after_help = "Example:\n  tinderbox iso out/app-kube1/config.json -o config.iso")]
    Iso {
        /// An Ignition config
        #[arg(value_name = "CONFIG_JSON")]
        config: PathBuf,
        /// The image; nothing that is there is overwritten
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
    /// Have the tools on PATH look at the media that `build` made
    #[command(
        after_help = "Examples:\n  tinderbox verify out\n  sudo env \"PATH=$PATH\" tinderbox verify out --strict\n\nThe tools are ct, butane, ignition-validate, ignition-apply, systemd-analyze, xorriso and openssl; one that is not there is told, and no failure without --strict. ignition-apply is only run by root. Nothing is written in DIR. The exit code is 1 when something failed."
    )]
    Verify(VerifyArguments),
    /// Print the completion script of a shell
    #[command(
        after_help = "Example:\n  tinderbox completions bash > ~/.local/share/bash-completion/completions/tinderbox"
    )]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write the manual pages, for packages
    #[command(hide = true)]
    Manual {
        /// The directory they are written to
        #[arg(value_name = "DIR")]
        directory: PathBuf,
    },
}

#[derive(Args, Debug)]
pub struct ClusterArgument {
    /// A cluster.json, `-` for one on standard input, or, read with the Nix on PATH, a .nix file or FLAKE#NAME, a
    /// flake's `clusters.NAME`
    #[arg(value_name = "CLUSTER")]
    pub source: PathBuf,
}

#[derive(Args, Debug)]
pub struct BuildArguments {
    #[command(flatten)]
    pub cluster: ClusterArgument,
    /// The directory of the media
    #[arg(short, long, value_name = "DIR")]
    pub output: PathBuf,
    /// Make media for this node alone; can be given several times
    #[arg(long = "node", value_name = "NAME")]
    pub nodes: Vec<String>,
    /// The directory of the keys, for `cluster.secrets.source = "directory"`
    #[arg(long, value_name = "DIR")]
    pub secrets: Option<PathBuf>,
    /// Who makes the Ignition JSON and the ISO
    #[arg(long, value_enum, default_value_t = MakerName::Embedded)]
    pub maker: MakerName,
    /// What is made for a node [default: yaml,json,iso and what cluster.media asks for]
    #[arg(long, value_enum, value_delimiter = ',', value_name = "WHAT")]
    pub emit: Vec<Artefact>,
}

#[derive(Args, Debug)]
pub struct KeysArguments {
    #[command(flatten)]
    pub cluster: ClusterArgument,
    /// The directory of the keys
    #[arg(short, long, value_name = "DIR")]
    pub output: PathBuf,
    /// Who makes the keys and certificates
    #[arg(long, value_enum, default_value_t = MakerName::Embedded)]
    pub maker: MakerName,
    /// Make these anew though they are there
    #[arg(long, value_enum, value_name = "WHAT", conflicts_with = "status")]
    pub renew: Option<RenewName>,
    /// List every certificate: until when it is valid, what it is for, which nodes hold it
    #[arg(long)]
    pub status: bool,
    /// Days for which a certificate should be valid yet
    #[arg(long, value_name = "DAYS", default_value_t = crate::secrets::SOON_DAYS, requires = "status")]
    pub within: u64,
    /// How the list is printed
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Text, requires = "status")]
    pub format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum RenewName {
    /// Certificates, signed by the authorities that are there, for the keys that are there
    Leaf,
    /// The bootstrap token
    Token,
}

#[derive(Args, Debug)]
pub struct VerifyArguments {
    /// The directory of the media
    #[arg(value_name = "DIR")]
    pub directory: PathBuf,
    /// Take a tool that is not there for a failure
    #[arg(long)]
    pub strict: bool,
}

#[derive(Args, Debug)]
pub struct DrvArguments {
    #[command(flatten)]
    pub cluster: ClusterArgument,
    /// Only this node's derivation; can be given several times
    #[arg(long = "node", value_name = "NAME")]
    pub nodes: Vec<String>,
    /// How the paths are printed
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = DrvFormat::Text)]
    pub format: DrvFormat,
    /// Write the derivations and their config files to standard output, for `nix-store --import`
    #[arg(long, conflicts_with = "format")]
    pub export: bool,
    /// Who writes the images
    #[arg(long, value_enum, default_value_t = WriterName::Embedded)]
    pub maker: WriterName,
    /// The store path of the program that writes the images [default: where this program is, or xorriso on PATH]
    #[arg(long, value_name = "PATH")]
    pub tool: Option<PathBuf>,
    /// The kind of machine that the images are written on, such as x86_64-linux [default: this machine's]
    #[arg(long, value_name = "SYSTEM")]
    pub system: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum DrvFormat {
    /// A line a node: its name, its derivation, its image
    Text,
    /// One object with all nodes
    Json,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum WriterName {
    /// tinderbox
    Embedded,
    /// xorriso
    Toolchain,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// For machines: one object with all problems, on standard output
    Json,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum MakerName {
    /// This program alone
    Embedded,
    /// ct, xorriso and openssl on PATH
    Toolchain,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Artefact {
    /// config.yaml or config.bu, and its files
    Yaml,
    /// config.json, and install.json
    Json,
    /// config.iso, and install.iso
    Iso,
    /// oem.cpio.gz, and install.cpio.gz
    Oem,
    /// config-drive.iso
    Drive,
    /// stub.json
    Stub,
}

/// The grammar, for completions and manual pages.
pub fn command() -> clap::Command {
    Arguments::command()
}
