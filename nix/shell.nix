# The shell to work on this repository in: `nix develop`.
{
  # pkgs/build-support/mkshell/default.nix
  mkShell,
  # pkgs/development/compilers/rust
  cargo,
  clippy,
  rustc,
  rustfmt,
  # pkgs/by-name/ru/rust-analyzer/package.nix
  rust-analyzer,
  # pkgs/by-name/ni/nixfmt/package.nix
  nixfmt,
  # What the tests ask, named as in checks.nix.
  shellcheck,
  butane,
  openssl,
  xorriso,
  cdrkit,
  file,
  python3,
  ct,
}:
mkShell {
  packages = [
    cargo
    clippy
    rustc
    rustfmt
    rust-analyzer
    nixfmt
    shellcheck
    butane
    openssl
    xorriso
    cdrkit
    file
    (python3.withPackages (packages: [ packages.pyyaml ]))
    ct
  ];
}
