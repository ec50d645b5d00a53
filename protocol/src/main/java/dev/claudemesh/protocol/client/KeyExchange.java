package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.MeshKey;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.invites.KeyProofs;
import dev.claudemesh.protocol.members.MemberReply.Member;
import dev.claudemesh.protocol.members.MemberRequest.ListMembers;
import dev.claudemesh.protocol.meshes.EpochKey;
import dev.claudemesh.protocol.meshes.KeyRequest;
import dev.claudemesh.protocol.meshes.MeshRequest.RotateKey;
import dev.claudemesh.protocol.meshes.MeshRequest.SealKey;
import dev.claudemesh.protocol.meshes.MeshRequest.SealedFor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/// Takes mesh keys that were sealed to us, hands ours to newcomers who prove that they were
/// invited, and starts a new epoch when a member was removed.
///
/// What asks the broker runs on a lane of its own, because it waits for answers.
final class KeyExchange {
  /// Requests beyond this are left to others, and to our next connection.
  private static final int MAX_QUEUED = 200;

  private final Identity identity;
  private final Keyring keyring;
  private final KeyPolicy policy;
  private final Calls calls;
  private final Consumer<Problem> warn;
  private final Lane lane = new Lane("claudemesh-keys", MAX_QUEUED);

  KeyExchange(
      Identity identity, Keyring keyring, KeyPolicy policy, Calls calls, Consumer<Problem> warn) {
    this.identity = identity;
    this.keyring = keyring;
    this.policy = policy;
    this.calls = calls;
    this.warn = warn;
  }

  /// Takes keys that were sealed to us by members. Others are refused: the broker must not be able
  /// to slip in a key of its own making. Waits for the broker's list of members.
  ///
  /// @param arrived told each epoch whose key is new
  void accept(List<EpochKey> sealed, IntConsumer arrived) {
    List<EpochKey> unknown =
        sealed.stream().filter(key -> keyring.get(key.epoch()).isEmpty()).toList();
    if (!unknown.isEmpty()) {
      attempt(() -> {
        List<Member> members = calls.ask(new ListMembers()).members();
        unknown.forEach(key -> accept(key, members, arrived));
      });
    }
  }

  private void accept(EpochKey sealed, List<Member> members, IntConsumer arrived) {
    Optional<String> refusal =
        KeyProofs.refusal(identity.meshId(), sealed, identity.memberKey(), members);
    if (refusal.isPresent()) {
      warn.accept(
          new Problem(
              ProblemCode.BAD_SIGNATURE,
              "A mesh key was not taken: " + refusal.get() + ". Tell an admin of the mesh."));
      return;
    }
    MeshKey.openSealed(sealed.epoch(), sealed.sealedKey(), identity.member())
        .ifPresentOrElse(
            key -> {
              if (keyring.put(key)) {
                arrived.accept(key.epoch());
              }
            },
            () ->
                warn.accept(
                    new Problem(
                        ProblemCode.UNDECRYPTABLE,
                        "A mesh key was not taken: it does not open with this member's key.")));
  }

  /// Seals a key to a newcomer, if we hold it and the newcomer's proofs are good.
  void requested(KeyRequest request) {
    if (keyring.get(request.epoch()).isEmpty()) {
      return;
    }
    lane.offer(() -> attempt(() -> answer(request)));
  }

  private void answer(KeyRequest request) {
    MeshKey key = keyring.get(request.epoch()).orElseThrow();
    List<Member> members = calls.ask(new ListMembers()).members();
    Optional<String> refusal = policy.refusal(identity.meshId(), request, members);
    if (refusal.isPresent()) {
      warn.accept(
          new Problem(
              ProblemCode.FORBIDDEN,
              "The mesh key was not handed to "
                  + request.displayName()
                  + " ("
                  + request.memberPubkey()
                  + "): "
                  + refusal.get()));
      return;
    }
    SealedFor sealed = seal(key, new PublicKey(request.memberPubkey()));
    calls.ask(
        new SealKey(sealed.memberPubkey(), key.epoch(), sealed.sealedKey(), sealed.signature()));
  }

  private SealedFor seal(MeshKey key, PublicKey member) {
    String sealed = key.sealTo(member);
    return new SealedFor(
        member.hex(),
        sealed,
        Keys.sign(
            identity.member(),
            Canonical.seal(identity.meshId(), key.epoch(), member.hex(), sealed)));
  }

  /// Starts a new epoch, if we are an admin and nobody else has.
  ///
  /// @param rotated told the new epoch, if it is ours
  void rotate(int endedEpoch, IntConsumer rotated) {
    lane.offer(() -> attempt(() -> startEpoch(endedEpoch + 1, rotated)));
  }

  private void startEpoch(int epoch, IntConsumer rotated) {
    if (keyring.get(epoch).isPresent()) {
      return;
    }
    List<Member> members = calls.ask(new ListMembers()).members();
    boolean admin =
        members.stream()
            .filter(
                member -> member.pubkey().filter(identity.memberKey().hex()::equals).isPresent())
            .anyMatch(
                member -> member.permission().equals("admin") || member.owner().orElse(false));
    if (!admin) {
      return;
    }
    MeshKey key = MeshKey.generate(epoch);
    List<SealedFor> sealed =
        members.stream()
            .flatMap(member -> member.pubkey().stream())
            .filter(PublicKey::isKey)
            .map(PublicKey::new)
            .map(member -> seal(key, member))
            .toList();
    try {
      calls.ask(new RotateKey(epoch, sealed));
    } catch (Problem e) {
      if (e.code() == ProblemCode.STALE_EPOCH) {
        return; // another admin was first, and sends us that key
      }
      throw e;
    }
    if (keyring.put(key)) {
      rotated.accept(epoch);
    }
  }

  /// A lost connection is no news here: the broker tells of open requests again at the next hello.
  private void attempt(Runnable work) {
    try {
      work.run();
    } catch (Problem e) {
      if (e.code() != ProblemCode.UNREACHABLE) {
        warn.accept(e);
      }
    }
  }

  /// Completes when what was asked of us until now is answered.
  CompletableFuture<Void> settled() {
    CompletableFuture<Void> settled = new CompletableFuture<>();
    if (!lane.offer(() -> settled.complete(null))) {
      settled.complete(null);
    }
    return settled;
  }

  void stop() {
    lane.stop();
    lane.awaitEnd(Duration.ofMillis(200));
  }
}
