# The timing of a component's liveness probe.
{
  lib,
  initialDelaySeconds,
  timeoutSeconds,
}:
{
  initialDelaySeconds = lib.mkOption {
    type = lib.types.ints.unsigned;
    default = initialDelaySeconds;
    example = 15;
    description = "Seconds after the start of the container before its first liveness probe.";
  };

  timeoutSeconds = lib.mkOption {
    type = lib.types.ints.positive;
    default = timeoutSeconds;
    example = 1;
    description = "Seconds after which a liveness probe has failed.";
  };
}
