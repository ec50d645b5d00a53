package dev.claudemesh.broker.memory;

import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.Handler;
import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.kernel.Kernel;
import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.broker.kernel.Listed;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.Outcome;
import dev.claudemesh.broker.memory.MemoryStore.Named;
import dev.claudemesh.broker.memory.MemoryStore.NewMemory;
import dev.claudemesh.broker.memory.RecallStore.Search;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.memory.MemoryReply;
import dev.claudemesh.protocol.memory.MemoryReply.Memory;
import dev.claudemesh.protocol.memory.MemoryRequest;
import dev.claudemesh.protocol.memory.MemoryRequest.Forget;
import dev.claudemesh.protocol.memory.MemoryRequest.Remember;
import dev.claudemesh.protocol.messaging.MessageReply;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// What a mesh is to remember.
public final class MemoryHandler implements Handler<MemoryRequest<?>> {
  private static final int USUAL_ANSWER = 20;
  private static final int BATCH = 500;
  private static final int BATCHES = 10;

  private final MemoryStore store;
  private final RecallStore recalls;
  private final InstantSource clock;
  private final LimitsConfig.Knowledge limits;
  private final int answerBytes;

  public MemoryHandler(Kernel kernel) {
    this.limits = kernel.limits().knowledge();
    this.answerBytes = kernel.limits().shared().listedBytes();
    this.store = new MemoryStore(kernel.database());
    this.recalls = new RecallStore(kernel.database(), limits.recall(), answerBytes);
    this.clock = kernel.clock();
  }

  @Override
  public Outcome handle(MemoryRequest<?> request, Caller caller) {
    Member member = caller.requireMember();
    return switch (request) {
      case Remember remember -> Outcome.of(remember(remember, member));
      case MemoryRequest.Recall recall -> Outcome.of(recall(recall, member));
      case Forget forget -> Outcome.of(forget(forget, member));
    };
  }

  /// Indexes some memories anew where the language of a mesh was changed.
  public void sweep(Instant now) {
    store.noticeLanguages();
    for (int i = 0; i < BATCHES && store.reindex(BATCH); i++) {}
  }

  /// How many memories a mesh has.
  public int count(String meshId) {
    return store.count(meshId);
  }

  private MemoryReply.Stored remember(Remember remember, Member member) {
    NewMemory memory =
        new NewMemory(
            Ids.next(),
            member.meshId(),
            MemoryRules.content(remember.content()),
            MemoryRules.tags(remember.tags().orElse(List.of())),
            member.id(),
            clock.instant());
    if (!store.insert(memory, limits.memories())) {
      throw new Problem(
          ProblemCode.LIMIT,
          "The mesh remembers "
              + limits.memories()
              + " things, which is as many as it may; forget some first");
    }
    return new MemoryReply.Stored(memory.id());
  }

  private MemoryReply.Results recall(MemoryRequest.Recall request, Member member) {
    int limit = request.limit().orElse(USUAL_ANSWER);
    List<Memory> found = recalls.search(search -> found(search, request, member, limit + 1));
    List<Memory> shown =
        Listed.fitting(
            found.subList(0, Math.min(limit, found.size())),
            memory -> memory.content().length(),
            answerBytes);
    return new MemoryReply.Results(
        shown, Optional.of(true).filter(more -> shown.size() < found.size()));
  }

  private static List<Memory> found(
      Search search, MemoryRequest.Recall request, Member member, int most) {
    List<String> authors =
        request.by().map(by -> authors(search, member.meshId(), by)).orElse(List.of());
    return new Recall(search, member, request, authors, most).memories();
  }

  private static List<String> authors(Search search, String meshId, String by) {
    List<String> authors = search.members(meshId, by);
    if (authors.isEmpty()) {
      throw new Problem(
          ProblemCode.NOT_FOUND, "No member is called \"" + by + "\"; list_members shows them");
    }
    return authors;
  }

  private MessageReply.Ack forget(Forget forget, Member member) {
    List<Named> named = store.named(MemoryRules.idOrBeginning(forget.memoryId()), member);
    if (named.size() > 1) {
      throw new Problem(
          ProblemCode.AMBIGUOUS_PREFIX,
          "Several memories have an id that begins with \"" + forget.memoryId() + "\"");
    }
    Named memory = named.stream().findFirst().orElseThrow(() -> unknown(forget.memoryId()));
    if (!memory.by().equals(member.id()) && !member.admin() && !member.owner()) {
      throw new Problem(
          ProblemCode.FORBIDDEN, "Only who had it remembered, or an admin, may have it forgotten");
    }
    if (!store.delete(member.meshId(), memory.id())) {
      throw unknown(forget.memoryId());
    }
    return new MessageReply.Ack(
        memory.id(), memory.id(), false, Optional.empty(), Optional.empty());
  }

  private static Problem unknown(String id) {
    return new Problem(
        ProblemCode.NOT_FOUND, "No memory has the id \"" + id + "\"; recall shows the ids");
  }
}
