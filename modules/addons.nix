# What a cluster is useless without, as manifests that the control plane applies, and applies again when they change.
{ lib, config, ... }:
let
  tls = config.cluster.tls.enable;
  release = import ./kubernetes/release.nix { inherit config; };
in
{
  options.cluster.addons.dns.enable = lib.mkOption {
    type = lib.types.bool;
    default = tls;
    defaultText = lib.literalExpression "config.cluster.tls.enable";
    example = false;
    description = "Whether pods find services by name, by CoreDNS.";
  };

  options.cluster.addons.dns.image = lib.mkOption {
    type = lib.types.str;
    default = if release.isHyperkube then "docker.io/coredns/coredns:1.0.6" else release.data.coreDNS;
    defaultText = lib.literalExpression "that of the time of the Kubernetes version";
    example = "registry.example.com/coredns:1.0.6";
    description = "Image of CoreDNS.";
  };

  options.cluster.addons.dns.replicas = lib.mkOption {
    type = lib.types.ints.positive;
    default = 2;
    example = 2;
    description = "How many pods answer.";
  };

  options.cluster.addons.rbac.enable = lib.mkOption {
    type = lib.types.bool;
    default = tls;
    defaultText = lib.literalExpression "config.cluster.tls.enable";
    example = false;
    description = ''
      Whether the roles are bound that a cluster with TLS needs: kubelets may ask for certificates and renew them, and
      the API servers may reach the kubelets. The bootstrap token is applied with them.
    '';
  };
}
