# The options that every component has: `extraArgs` and `featureGates`.
{ lib, name }:
{
  extraArgs = lib.mkOption {
    type = lib.types.attrsOf (
      lib.types.nullOr (
        lib.types.oneOf [
          lib.types.bool
          lib.types.int
          lib.types.str
        ]
      )
    );
    default = { };
    example = {
      v = 2;
    };
    description = ''
      Flags of ${name}, name without dashes to value. A flag that tinderbox sets too is replaced, `null` removes it.
      A name that the chosen Kubernetes version does not know is an error.
    '';
  };

  featureGates = lib.mkOption {
    type = lib.types.attrsOf lib.types.bool;
    default = { };
    example = {
      PodPriority = true;
    };
    description = "Feature gates of ${name}, over those of `cluster.kubernetes.featureGates`.";
  };
}
