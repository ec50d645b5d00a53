package dev.claudemesh.broker.kernel;

import java.time.Duration;

/// People who sign in, where the operator turned that on.
///
/// @param accounts in all; further ones are not made
/// @param tokens of one account and kind that are good; then `limit` for personal access tokens,
///   and of sessions the one that was used longest ago ends
/// @param waitingDevices command lines that wait to be signed in, then `busy`
/// @param hashers passwords that are hashed at once, each in 64 MiB
/// @param hashQueue passwords that wait for that, then `busy`
/// @param triesPerMinute passwords tried for one address of mail, then `rate_limited`
/// @param tryBurst at once
/// @param triesPerMinuteFrom passwords tried, and sign-ins begun, from one network address
/// @param tryBurstFrom at once
/// @param session how long a session is good after its last use
/// @param web how long a browser is signed in after its last use
public record AccountLimits(
    int accounts,
    int tokens,
    int waitingDevices,
    int hashers,
    int hashQueue,
    int triesPerMinute,
    int tryBurst,
    int triesPerMinuteFrom,
    int tryBurstFrom,
    Duration session,
    Duration web) {
  public static final AccountLimits DEFAULTS =
      new AccountLimits(
          10_000, 100, 1_000, 2, 64, 5, 10, 20, 30, Duration.ofDays(90), Duration.ofDays(7));
}
