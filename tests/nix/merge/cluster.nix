# A description that uses what the option system can do to definitions, spread over several files. It is no cluster
# that one would build; it is here so that its cluster.json stays as it is with whichever `lib`.
{
  lib,
  config,
  options,
  ...
}:
{
  imports = [
    ./lists.nix
    ./forced.nix
    # Twice the same file, which counts once.
    ./lists.nix
    ./shared/again.nix
    # Modules without a file of their own.
    { cluster.kubernetes.kubelet.directories = [ "/from/an/inline/module" ]; }
    (
      { lib, ... }:
      {
        cluster.kubernetes.kubelet.directories = lib.mkAfter [ "/after/all" ];
      }
    )
  ];

  options.site.owner = lib.mkOption {
    type = lib.types.nullOr lib.types.str;
    description = "An option of one's own, which does not cross.";
  };

  config = lib.mkMerge [
    {
      site.owner = "ops";

      # A condition on another option, on the option's own declaration, and one that is false around a whole tree.
      cluster.etcd = lib.mkIf (config.cluster.name == "merged") {
        version = "3.2.15";
        clusterToken = "${config.cluster.name}-${config.site.owner}";
        listen = lib.mkIf (options.cluster.etcd.listen.type.description != "") "loopback-and-flannel";
      };
      cluster.flannel = lib.mkIf (!config.cluster.flannel.enable) {
        backend = "host-gw";
      };
    }

    (lib.mkIf true (
      lib.mkMerge [
        { cluster.controlPlane.endpoint = lib.mkDefault "lost.example.com"; }
        { cluster.controlPlane.endpoint = lib.mkIf true (lib.mkOverride 90 "won.example.com"); }
        { cluster.controlPlane.endpoint = "late.example.com"; }
      ]
    ))

    # A whole tree of less weight than the definitions in forced.nix.
    (lib.mkDefault {
      cluster.name = "default";
      cluster.network.podCIDR = "10.1.0.0/16";
      cluster.network.dockerCIDR = null;
    })

    {
      # Values of any type, merged with those of forced.nix.
      cluster.kubernetes.proxy.extraConfig = {
        ipvs = {
          scheduler = lib.mkDefault "rr";
          syncPeriod = "30s";
          excludeCIDRs = [
            "192.0.2.0/24"
            { nested = lib.mkIf false 1; }
          ];
        };
        conntrack = lib.mkIf false { maxPerCore = 1; };
        empty = { };
      };

      cluster.kubernetes.apiServer.extraArgs = {
        v = 2;
        gone = lib.mkIf false "x";
        profiling = false;
        audit-log-path = null;
        "odd name.with ${"dots"}" = "x";
      };

      cluster.addons.dns = lib.mkIf config.cluster.addons.rbac.enable {
        enable = config.cluster.secrets.source == "first-boot";
        replicas = lib.mkDefault 3;
      };

      cluster.nodes = {
        # A set, a function, a file, and one that is not there.
        plain = {
          roles = [ "etcd" ];
          network.dhcp = lib.mkForce true;
        };
        computed =
          { name, config, ... }:
          {
            hostname = "${name}.example.com";
            etcd.name = "${config.hostname}-etcd";
            etcd.state = "existing";
            roles = [ "control-plane" ];
            network.advertiseAddress = lib.mkIf (config.network.address == null) "192.0.2.7";
          };
        from-file = ./node.nix;
        absent = lib.mkIf false { network.dhcp = true; };
        "dotted.name" = lib.mkMerge [
          { roles = [ "worker" ]; }
          { roles = lib.mkBefore [ "control-plane" ]; }
          { kubelet.taints = lib.mkAfter [ "dedicated=database:NoSchedule" ]; }
        ];
      };
    }
  ];
}
