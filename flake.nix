{
  description = "One description of a Kubernetes cluster in, the boot media that Ignition reads out";

  inputs.nixpkgs.url = "https://channels.nixos.org/nixos-26.05/nixexprs.tar.xz";

  # This only wires; the work is in nix/.
  outputs =
    { self, nixpkgs }:
    let
      inherit (nixpkgs) lib;
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "x86_64-darwin"
        "aarch64-darwin"
      ];
      parts = lib.genAttrs systems (
        system: import ./nix/parts.nix { pkgs = nixpkgs.legacyPackages.${system}; }
      );
      eachSystem = f: lib.genAttrs systems (system: f parts.${system});

      mkCluster = import ./nix/mk-cluster.nix { inherit lib eachSystem; };
      example = mkCluster { modules = [ ./examples/article/cluster.nix ]; };
    in
    {
      lib = { inherit mkCluster; };
      templates.default = {
        path = ./templates/default;
        description = "A cluster of your own: a description to start from, and a flake that makes its boot media";
        welcomeText = "Read README.md: it has the commands you need, in their order.";
      };

      clusters.default = example;
      packages = lib.genAttrs systems (system: example.packages.${system} // parts.${system}.packages);
      apps = lib.genAttrs systems (system: example.apps.${system} // parts.${system}.apps);
      checks = eachSystem (part: part.checks);
      devShells = eachSystem (part: {
        default = part.devShell;
      });
      formatter = eachSystem (part: part.formatter);
    };
}
