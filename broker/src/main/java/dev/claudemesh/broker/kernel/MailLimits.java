package dev.claudemesh.broker.kernel;

import java.time.Duration;

/// Mail that the broker sends, where the operator named a server for it.
///
/// @param queue mails that wait to be sent, in memory; further ones are not taken, and who asked
///   for one is told so
/// @param firstRetry pause after a first failure; it doubles with each further one
/// @param longestRetry the longest pause
/// @param life how long a mail is tried, then it is dropped, and the log says so
/// @param perMinute mails to one address, then `rate_limited`
/// @param burst such mails at once
/// @param invitesPerMinute invites that one member sends by mail, then `rate_limited`
/// @param inviteBurst such invites at once
public record MailLimits(
    int queue,
    Duration firstRetry,
    Duration longestRetry,
    Duration life,
    int perMinute,
    int burst,
    int invitesPerMinute,
    int inviteBurst) {
  public static final MailLimits DEFAULTS =
      new MailLimits(
          1_000, Duration.ofSeconds(5), Duration.ofMinutes(5), Duration.ofHours(1), 1, 3, 5, 20);
}
