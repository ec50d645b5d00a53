package dev.claudemesh.broker.accounts;

import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.Links;
import dev.claudemesh.broker.kernel.SignedIn;
import dev.claudemesh.protocol.accounts.AccountReply;
import dev.claudemesh.protocol.accounts.AccountRequest;
import dev.claudemesh.protocol.accounts.AccountRequest.Life;
import dev.claudemesh.protocol.accounts.OldAccountReply;
import dev.claudemesh.protocol.accounts.OldAccountRequest;
import dev.claudemesh.protocol.crypto.PublicKey;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The routes of the first protocol, in its words. What they do is what the others do.
final class OldAccounts {
  private static final String UNNAMED = "cli";

  private final Credentials credentials;
  private final AccountMeshes meshes;
  private final Links links;

  OldAccounts(Credentials credentials, AccountMeshes meshes, Links links) {
    this.credentials = credentials;
    this.meshes = meshes;
    this.links = links;
  }

  /// @throws dev.claudemesh.protocol.Problem what is wrong with the token
  OldAccountReply.Synced sync(OldAccountRequest.Sync request, Caller caller) {
    SignedIn self = credentials.of(request.syncToken());
    PublicKey key = new PublicKey(request.peerPubkey());
    if (caller.signer().filter(key::equals).isPresent()) {
      meshes.linkAll(self, key, caller);
    }
    String brokerUrl = links.socket(caller.publicUrl());
    return new OldAccountReply.Synced(
        true,
        self.accountId(),
        meshes.of(self).stream()
            .map(mesh ->
                new OldAccountReply.Mesh(
                    mesh.meshId(), mesh.slug(), brokerUrl, mesh.memberId(), mesh.role()))
            .toList());
  }

  static OldAccountReply.Issued issued(
      OldAccountRequest.IssueToken request,
      Function<AccountRequest.CreateToken, AccountReply.TokenCreated> create) {
    String name =
        request
            .name()
            .or(request::hostname)
            .map(String::strip)
            .filter(text -> !text.isEmpty())
            .orElse(UNNAMED);
    return new OldAccountReply.Issued(
        create.apply(new AccountRequest.CreateToken(name, Optional.of(Life.MONTH))).token());
  }

  static OldAccountReply.Sessions sessions(List<AccountReply.Token> sessions) {
    return new OldAccountReply.Sessions(
        sessions.stream()
            .map(session -> {
              Optional<String[]> device = session.device().map(text -> text.split(" ", 2));
              return new OldAccountReply.Session(
                  session.id(),
                  session.name(),
                  device.map(parts -> parts[0]),
                  device.filter(parts -> parts.length == 2).map(parts -> parts[1]),
                  session.lastUsedAt(),
                  session.createdAt());
            })
            .toList());
  }
}
