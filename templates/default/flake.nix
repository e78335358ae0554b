{
  description = "A Kubernetes cluster, from its description to its boot media";

  # As the flake registry has it (`nix registry add tinderbox WHERE`), or put in its place where it is.
  inputs.tinderbox.url = "flake:tinderbox";

  outputs =
    { tinderbox, ... }:
    let
      cluster = tinderbox.lib.mkCluster { modules = [ ./cluster.nix ]; };
    in
    {
      inherit (cluster)
        packages
        legacyPackages
        checks
        apps
        ;
      # For `tinderbox build .#default`.
      clusters.default = cluster;
    };
}
