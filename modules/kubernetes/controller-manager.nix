# kube-controller-manager, a static pod on every control-plane node.
{ lib, ... }:
{
  options.cluster.kubernetes.controllerManager = {
    leaderElect = lib.mkOption {
      type = lib.types.bool;
      default = true;
      example = true;
      description = "`--leader-elect`: whether one of several instances is elected to work. Needed with several control-plane nodes.";
    };

    livenessProbe = import ./liveness-probe.nix {
      inherit lib;
      initialDelaySeconds = 15;
      timeoutSeconds = 1;
    };
  }
  // import ./component-options.nix {
    inherit lib;
    name = "kube-controller-manager";
  };
}
