package dev.claudemesh.broker.meshes;

import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.MeshKey;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import dev.claudemesh.protocol.meshes.EpochKey;
import dev.claudemesh.protocol.meshes.MeshRequest;
import java.util.Optional;

/// Turns a request for a mesh into what is stored: with the client's keys, or for an old client
/// with keys of the broker's making.
final class MeshFounding {
  private static final int LONGEST_MEMBER_NAME = 100;

  private MeshFounding() {}

  /// A mesh whose owner signed the request and holds all its secrets.
  static NewMesh signed(MeshRequest.Create request, PublicKey signer) {
    String id = MeshRules.checkMeshId(request.meshId().orElseThrow(() -> missing("mesh_id")));
    if (request.pubkey().filter(key -> !key.equals(signer.hex())).isPresent()) {
      throw new Problem(
          ProblemCode.INVALID_REQUEST,
          "create_mesh: \"pubkey\" must be the key that signs the call");
    }
    EpochKey key = request.epochKey().orElseThrow(() -> missing("epoch_key"));
    if (key.epoch() != 1) {
      throw new Problem(ProblemCode.INVALID_REQUEST, "create_mesh: \"epoch_key.epoch\" must be 1");
    }
    if (!key.sealedBy().equals(signer.hex())) {
      throw new Problem(
          ProblemCode.INVALID_REQUEST,
          "create_mesh: \"epoch_key.sealedBy\" must be the key that signs the call");
    }
    MeshRules.checkSeal(id, 1, signer.hex(), key.sealedKey(), key.signature(), signer);
    return new NewMesh(
        id,
        slug(request),
        request.name().strip(),
        signer.hex(),
        MeshRules.checkEncryption(request.encryption()),
        Optional.empty(),
        new NewMesh.Owner(Ids.next(), signer.hex(), ownerName(request)),
        Optional.of(key));
  }

  /// A mesh as the first protocol's clients ask for: they make no keys, so the broker does, and
  /// says so wherever the mesh is shown.
  static NewMesh custodial(MeshRequest.Create request, String userId) {
    String id = Ids.next();
    SecretKey owner = Keys.generate();
    MeshKey root = MeshKey.generate(1);
    // An owner without a key of their own yet is stood in for by the mesh's key, which the broker
    // holds.
    PublicKey member = request.pubkey().map(MeshFounding::publicKey).orElse(owner.publicKey());
    String sealed = root.sealTo(member);
    String signature = Keys.sign(owner, Canonical.seal(id, 1, member.hex(), sealed));
    return new NewMesh(
        id,
        slug(request),
        request.name().strip(),
        owner.publicKey().hex(),
        "compat",
        Optional.of(new NewMesh.Custody(root.exposeBase64Url(), owner.exposeHex(), userId)),
        new NewMesh.Owner(Ids.next(), member.hex(), ownerName(request)),
        Optional.of(new EpochKey(1, sealed, owner.publicKey().hex(), signature)));
  }

  private static String slug(MeshRequest.Create request) {
    if (request.name().isBlank()) {
      throw missing("name");
    }
    return MeshRules.slugOf(request.slug().filter(slug -> !slug.isBlank()).orElse(request.name()));
  }

  private static String ownerName(MeshRequest.Create request) {
    String name =
        request
            .displayName()
            .map(String::strip)
            .filter(text -> !text.isEmpty())
            .orElse(request.name().strip() + "-owner");
    return name.length() <= LONGEST_MEMBER_NAME ? name : name.substring(0, LONGEST_MEMBER_NAME);
  }

  private static PublicKey publicKey(String hex) {
    if (!PublicKey.isKey(hex)) {
      throw new Problem(
          ProblemCode.INVALID_REQUEST,
          "create_mesh: \"pubkey\" must be 64 lower-case hex characters");
    }
    return new PublicKey(hex);
  }

  private static Problem missing(String field) {
    return new Problem(ProblemCode.INVALID_REQUEST, "create_mesh: \"" + field + "\" is required");
  }
}
