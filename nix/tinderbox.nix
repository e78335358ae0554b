# The program, with its manual pages and completions.
{
  lib,
  # pkgs/build-support/rust/build-rust-package/default.nix
  rustPlatform,
  # pkgs/by-name/in/installShellFiles/setup-hook.sh: installManPage, installShellCompletion
  installShellFiles,
  # lib/systems/default.nix: canExecute
  stdenv,
  source,
}:
rustPlatform.buildRustPackage {
  pname = "tinderbox";
  inherit ((builtins.fromTOML (builtins.readFile ../Cargo.toml)).package) version;

  src = source.program;
  # pkgs/build-support/rust/import-cargo-lock.nix
  cargoLock.lockFile = ../Cargo.lock;
  # They are checks.tests: a change of tests builds no new program.
  doCheck = false;

  nativeBuildInputs = [ installShellFiles ];
  postInstall = lib.optionalString (stdenv.buildPlatform.canExecute stdenv.hostPlatform) ''
    $out/bin/tinderbox manual man
    installManPage man/*
    installShellCompletion --cmd tinderbox \
      --bash <($out/bin/tinderbox completions bash) \
      --fish <($out/bin/tinderbox completions fish) \
      --zsh <($out/bin/tinderbox completions zsh)
  '';

  meta = {
    description = "One description of a Kubernetes cluster in, the boot media that Ignition reads out";
    # lib/licenses.nix
    license = lib.licenses.mit;
    mainProgram = "tinderbox";
  };
}
