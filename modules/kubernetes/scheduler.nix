# kube-scheduler, a static pod on every control-plane node, configured by a file.
{ lib, ... }:
{
  options.cluster.kubernetes.scheduler = {
    leaderElect = lib.mkOption {
      type = lib.types.bool;
      default = true;
      example = true;
      description = "`leaderElection.leaderElect`: whether one of several instances is elected to work. Always written, as it means `false` when left out.";
    };

    extraConfig = lib.mkOption {
      type = lib.types.attrsOf lib.types.anything;
      default = { };
      example = {
        schedulerName = "my-scheduler";
      };
      description = ''
        Further fields of the KubeSchedulerConfiguration, over those that tinderbox sets. The place for what kube-scheduler
        ignores on its command line.
      '';
    };

    livenessProbe = import ./liveness-probe.nix {
      inherit lib;
      initialDelaySeconds = 15;
      timeoutSeconds = 1;
    };
  }
  // import ./component-options.nix {
    inherit lib;
    name = "kube-scheduler";
  };
}
