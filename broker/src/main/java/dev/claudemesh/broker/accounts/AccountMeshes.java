package dev.claudemesh.broker.accounts;

import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.Kernel;
import dev.claudemesh.broker.kernel.Links;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.MembershipStore;
import dev.claudemesh.broker.kernel.MembershipStore.Membership;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.broker.kernel.SignedIn;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.accounts.AccountMeshReply;
import dev.claudemesh.protocol.accounts.AccountMeshRequest;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.meshes.MeshReply;
import java.time.InstantSource;
import java.util.List;

/// Memberships of accounts. A membership is tied to one by a call that its key signs and that
/// carries the account's token: neither suffices alone.
final class AccountMeshes {
  /// Memberships of one account; then `limit`.
  static final int MOST = 1_000;

  private final AccountMeshStore store;
  private final MembershipStore memberships;
  private final Peers peers;
  private final InstantSource clock;
  private final Links links;

  AccountMeshes(Kernel kernel, AccountMeshStore store, Links links) {
    this.store = store;
    this.memberships = new MembershipStore(kernel.database());
    this.peers = kernel.peers();
    this.clock = kernel.clock();
    this.links = links;
  }

  Reply handle(AccountMeshRequest<?> request, Caller caller) {
    SignedIn self = caller.requireAccount();
    return switch (request) {
      case AccountMeshRequest.Link link -> {
        link(self, member(link.meshId(), caller.requireSigner()), caller);
        yield new MeshReply.Ok(true);
      }
      case AccountMeshRequest.Unlink unlink -> unlinked(self, unlink.id(), caller);
      case AccountMeshRequest.ListMine _ -> listed(self, caller);
    };
  }

  /// Ties every membership of a key to an account.
  void linkAll(SignedIn self, PublicKey key, Caller caller) {
    memberships.ofKey(key, MOST).forEach(member -> link(self, member, caller));
  }

  List<AccountMeshStore.Linked> of(SignedIn self) {
    return store.of(self.accountId(), MOST);
  }

  private Member member(String meshId, PublicKey key) {
    return memberships
        .byKey(meshId, key)
        .filter(known -> !known.revoked())
        .map(Membership::member)
        .orElseThrow(AccountMeshes::noSuchMesh);
  }

  private void link(SignedIn self, Member member, Caller caller) {
    if (!store.link(
        self.accountId(), member, MOST, clock.instant(), caller.remote().getHostAddress())) {
      throw new Problem(
          ProblemCode.LIMIT, "Your account has " + MOST + " meshes; take some off its list first");
    }
  }

  private MeshReply.Ok unlinked(SignedIn self, String meshId, Caller caller) {
    if (!store.unlink(
        self.accountId(), meshId, clock.instant(), caller.remote().getHostAddress())) {
      throw noSuchMesh();
    }
    return new MeshReply.Ok(true);
  }

  private AccountMeshReply.Meshes listed(SignedIn self, Caller caller) {
    String brokerUrl = links.socket(caller.publicUrl());
    return new AccountMeshReply.Meshes(
        of(self).stream()
            .map(mesh ->
                new AccountMeshReply.Mesh(
                    mesh.meshId(),
                    mesh.slug(),
                    mesh.name(),
                    mesh.role(),
                    mesh.owner(),
                    mesh.members(),
                    visible(mesh.meshId(), mesh.memberId()),
                    mesh.joinedAt(),
                    brokerUrl,
                    mesh.memberId(),
                    mesh.pubkey(),
                    mesh.displayName(),
                    mesh.linkedAt()))
            .toList());
  }

  /// Sessions that a member may see.
  private int visible(String meshId, String memberId) {
    return (int)
        peers.sessions(meshId).stream()
            .filter(peer -> peer.state().visible() || peer.member().id().equals(memberId))
            .count();
  }

  private static Problem noSuchMesh() {
    return new Problem(ProblemCode.NOT_FOUND, "Your key or account is in no such mesh");
  }
}
