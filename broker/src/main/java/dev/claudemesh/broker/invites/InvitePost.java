package dev.claudemesh.broker.invites;

import dev.claudemesh.broker.kernel.MailAddress;
import dev.claudemesh.broker.kernel.MailLimits;
import dev.claudemesh.broker.kernel.RateBuckets;
import dev.claudemesh.broker.mail.Letters;
import dev.claudemesh.broker.mail.Mailer;
import dev.claudemesh.protocol.invites.InviteReply;
import java.time.InstantSource;

/// Sends invites by mail, so often and no more: nobody's mailbox is to be filled in our name.
///
/// A mail holds the short link, and beside it what the broker knows anyway: whose key signed. The
/// key of the mesh comes to the newcomer from a member, sealed, and never through here.
final class InvitePost {
  private final Mailer mailer;
  private final RateBuckets<String> ofMember;
  private final RateBuckets<String> toAddress;

  /// @param remembered members and addresses a rate is remembered for
  InvitePost(Mailer mailer, MailLimits limits, int remembered, InstantSource clock) {
    this.mailer = mailer;
    this.ofMember =
        new RateBuckets<>(limits.invitesPerMinute(), limits.inviteBurst(), remembered, clock);
    this.toAddress = new RateBuckets<>(limits.perMinute(), limits.burst(), remembered, clock);
  }

  /// Whether a member may send an invite there now.
  ///
  /// @throws dev.claudemesh.protocol.Problem `invalid_request` or `rate_limited`
  void check(String email, String memberId) {
    String address = MailAddress.of(email);
    if (mailer.sends()) {
      ofMember.take(memberId, "Too many invites by mail");
      toAddress.take(address, "Too many invites to this address");
    }
  }

  /// @return false if the broker sends no mail, or too many wait to be sent
  boolean send(String email, InviteReply.Preview offer, String link) {
    return mailer.offer(Letters.invite(MailAddress.of(email), offer, link));
  }
}
