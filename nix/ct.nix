# ct, the Container Linux Config Transpiler, in Flatcar's last release. nixpkgs dropped its own in 2022.
{
  lib,
  # pkgs/build-support/go/module.nix
  buildGoModule,
  # pkgs/build-support/fetchgithub/default.nix
  fetchFromGitHub,
}:
let
  module = "github.com/flatcar/container-linux-config-transpiler";
  version = "0.9.4";
in
buildGoModule {
  pname = "ct";
  inherit version;

  src = fetchFromGitHub {
    owner = "flatcar";
    repo = "container-linux-config-transpiler";
    rev = "v${version}";
    hash = "sha256-5ug49yIUispMh5Z2bwqaOvb94WIoi1KVo6w5MxoeH64=";
  };
  # The modules it needs are in its own vendor directory.
  vendorHash = null;

  subPackages = [ "internal" ];
  env.CGO_ENABLED = 0;
  ldflags = [
    "-s"
    "-w"
    "-X ${module}/internal/version.Raw=v${version}"
  ];
  # Named after its directory.
  postInstall = "mv $out/bin/internal $out/bin/ct";

  meta = {
    description = "Transpiles Container Linux Configs to Ignition configs";
    homepage = "https://${module}";
    license = lib.licenses.asl20;
    mainProgram = "ct";
  };
}
