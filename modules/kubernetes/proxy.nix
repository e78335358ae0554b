# kube-proxy, a static pod on every worker, configured by a file.
{ lib, config, ... }:
{
  options.cluster.kubernetes.proxy = {
    mode = lib.mkOption {
      type = lib.types.enum [
        "iptables"
        "ipvs"
        "nftables"
      ];
      default = "iptables";
      example = "ipvs";
      description = ''
        How service addresses are routed. `ipvs` also loads the kernel module `ip_vs` at boot and, where the Kubernetes
        version wants it, sets the feature gate `SupportIPVSProxyMode`, without which kube-proxy silently runs iptables.
        `nftables` is there since 1.31.
      '';
    };

    bindAddress = lib.mkOption {
      type = lib.types.str;
      default = if builtins.match ".*:.*" config.cluster.network.podCIDR == null then "0.0.0.0" else "::";
      defaultText = lib.literalExpression ''if builtins.match ".*:.*" config.cluster.network.podCIDR == null then "0.0.0.0" else "::"'';
      example = "0.0.0.0";
      description = "`bindAddress`: address on which kube-proxy serves; `::` is for both families.";
    };

    clusterCIDR = lib.mkOption {
      type = lib.types.str;
      default = config.cluster.network.podCIDR;
      defaultText = lib.literalExpression "config.cluster.network.podCIDR";
      example = "10.254.0.0/16";
      description = "`clusterCIDR`: traffic to services from outside this range is masqueraded.";
    };

    extraConfig = lib.mkOption {
      type = lib.types.attrsOf lib.types.anything;
      default = { };
      example = {
        ipvs.scheduler = "wrr";
      };
      description = ''
        Further fields of the KubeProxyConfiguration, over those that tinderbox sets. The place for what kube-proxy
        ignores on its command line.
      '';
    };
  }
  // import ./component-options.nix {
    inherit lib;
    name = "kube-proxy";
  };
}
