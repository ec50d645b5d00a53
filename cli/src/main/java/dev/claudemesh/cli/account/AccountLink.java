package dev.claudemesh.cli.account;

import dev.claudemesh.cli.Context;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.accounts.AccountMeshReply.Mesh;
import dev.claudemesh.protocol.accounts.AccountMeshRequest;
import dev.claudemesh.protocol.client.BrokerHttp;
import dev.claudemesh.protocol.config.Membership;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Ties memberships to the account somebody is signed in to, where both are of one broker. Their
/// keys sign that here; the broker sees none.
public final class AccountLink {
  private AccountLink() {}

  /// Ties a membership that was just gained. What goes wrong is told and no more: the membership
  /// stands without it.
  public static void gained(Context context, Membership member) {
    Optional<SignedIn> self;
    try {
      self = SignedIn.find(context, Optional.empty(), Optional.empty());
    } catch (Problem broken) {
      context.terminal().warn("Not listed in your account: " + broken.getMessage());
      return;
    }
    self.filter(account -> account.broker().equals(member.brokerUrl()))
        .ifPresent(account -> told(context, account, List.of(member)));
  }

  /// Ties every membership at the account's broker, telling what goes wrong.
  static void all(Context context, SignedIn self) {
    told(context, self, at(context, self));
  }

  private static void told(Context context, SignedIn self, List<Membership> members) {
    try {
      int linked = link(self, members);
      if (linked > 0) {
        context
            .terminal()
            .talk(
                "  "
                    + (linked == 1 ? "It is" : linked + " meshes are")
                    + " listed in your account now; see claudemesh sync");
      }
    } catch (Problem problem) {
      context.terminal().warn("Not listed in your account: " + problem.getMessage());
    }
  }

  static List<Membership> at(Context context, SignedIn self) {
    return context.config().read().memberships().stream()
        .filter(member -> member.brokerUrl().equals(self.broker()))
        .toList();
  }

  /// Ties those that the account does not list.
  ///
  /// @return how many those were
  /// @throws Problem what the broker refused, or why it cannot be reached
  static int link(SignedIn self, List<Membership> members) {
    if (members.isEmpty()) {
      return 0;
    }
    try (BrokerHttp http = new BrokerHttp(self.broker())) {
      Set<String> known =
          http.call(new AccountMeshRequest.ListMine(), self.token()).meshes().stream()
              .map(Mesh::memberId)
              .collect(Collectors.toSet());
      int linked = 0;
      for (Membership member : members) {
        if (!known.contains(member.memberId()) && linked(http, self, member)) {
          linked++;
        }
      }
      return linked;
    }
  }

  /// A mesh that is gone, or that removed this member, keeps no other from being tied.
  private static boolean linked(BrokerHttp http, SignedIn self, Membership member) {
    try {
      http.call(new AccountMeshRequest.Link(member.meshId()), member.key(), self.token());
      return true;
    } catch (Problem problem) {
      return switch (problem.code().category()) {
        case NOT_FOUND, FORBIDDEN, GONE -> false;
        case INVALID, UNAUTHENTICATED, CONFLICT, TOO_LARGE, RATE_LIMITED, BUSY, NETWORK, INTERNAL ->
            throw problem;
      };
    }
  }
}
