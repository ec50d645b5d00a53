package dev.claudemesh.broker.memory;

import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.memory.RecallStore.Candidate;
import dev.claudemesh.broker.memory.RecallStore.Filter;
import dev.claudemesh.broker.memory.RecallStore.Library;
import dev.claudemesh.broker.memory.RecallStore.Search;
import dev.claudemesh.broker.memory.RecallStore.Token;
import dev.claudemesh.broker.memory.RecallStore.Wording;
import dev.claudemesh.broker.memory.Spelling.Written;
import dev.claudemesh.protocol.memory.MemoryReply.Memory;
import dev.claudemesh.protocol.memory.MemoryRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One search: the words as they were typed, then with those that were typed wrong put right.
final class Recall {
  /// So few memories are taken as a sign that a word was not meant as it was typed.
  private static final int FEW = 3;

  private static final int SHORTEST_BEGINNING = 3;
  private static final Comparator<Candidate> BEST_FIRST =
      Comparator.comparingDouble(Candidate::rank).thenComparingLong(Candidate::number).reversed();

  private final Search search;
  private final Library library;
  private final Member reader;
  private final MemoryRequest.Recall request;
  private final List<String> authors;
  private final int most;

  /// @param authors members whose memories are looked for; empty for all
  /// @param most memories that are found
  Recall(
      Search search,
      Library library,
      Member reader,
      MemoryRequest.Recall request,
      List<String> authors,
      int most) {
    this.search = search;
    this.library = library;
    this.reader = reader;
    this.request = request;
    this.authors = authors;
    this.most = most;
  }

  /// What is found, the best first.
  List<Memory> memories() {
    List<String> tags = MemoryRules.tags(request.tags().orElse(List.of()));
    if (request.query().isBlank()) {
      return tags.isEmpty() && authors.isEmpty()
          ? search.newest(reader, most)
          : read(candidates(new Filter(Optional.empty(), tags, authors, reader)));
    }
    Wording wording = search.wording(library, request.query());
    if (SearchWords.isEmpty(wording.query())) {
      return List.of();
    }
    Words words = new Words(wording);
    Map<Long, Candidate> found = new LinkedHashMap<>();
    add(found, candidates(filter(wording, words.unfinishedAndUnknown(), tags)));
    if (found.size() < FEW) {
      words.doubted().ifPresent(others -> add(found, candidates(filter(wording, others, tags))));
    }
    return read(found.values());
  }

  private static void add(Map<Long, Candidate> found, List<Candidate> more) {
    more.forEach(candidate -> found.putIfAbsent(candidate.number(), candidate));
  }

  private Filter filter(
      Wording wording, Map<String, Collection<String>> others, List<String> tags) {
    String wide =
        SearchWords.widened(wording.query(), word -> others.getOrDefault(word, List.of()));
    return new Filter(
        Optional.of(new RecallStore.Query(wording.query(), wide)), tags, authors, reader);
  }

  /// The best of those that are looked at.
  private List<Candidate> candidates(Filter filter) {
    int enough = filter.query().isPresent() ? Shelves.CANDIDATES : most;
    Map<Long, Candidate> all = new HashMap<>();
    List<String> first = Shelves.first(reader.meshId(), library.lastNumber());
    add(all, search.candidates(filter, first, Shelves.CANDIDATES));
    List<String> then = Shelves.then(reader.meshId(), library.lastNumber(), all.size(), enough);
    if (!then.isEmpty()) {
      add(all, search.candidates(filter, then, Shelves.CANDIDATES));
    }
    return all.values().stream().sorted(BEST_FIRST).limit(most).toList();
  }

  private List<Memory> read(Collection<Candidate> candidates) {
    List<Candidate> best = candidates.stream().limit(most).toList();
    Map<Long, Memory> read = search.memories(reader.meshId(), best);
    return best.stream()
        .flatMap(candidate -> Optional.ofNullable(read.get(candidate.number())).stream())
        .toList();
  }

  /// What may stand for the words of one search.
  private final class Words {
    private final Map<String, List<String>> typedBy;
    private final Map<String, List<Written>> begun;
    private final Optional<String> last;
    private final Map<String, List<Written>> alike = new TreeMap<>();

    Words(Wording wording) {
      List<String> wanted = SearchWords.wanted(wording.query());
      List<Token> tokens =
          wording.tokens().stream().filter(token -> wanted.contains(token.stem())).toList();
      this.typedBy =
          tokens.stream()
              .collect(
                  Collectors.groupingBy(
                      Token::stem,
                      LinkedHashMap::new,
                      Collectors.mapping(Token::typed, Collectors.toList())));
      this.last = tokens.isEmpty() ? Optional.empty() : Optional.of(tokens.getLast().typed());
      this.begun =
          search.begun(library, typed(typed -> typed.length() >= SHORTEST_BEGINNING)).stream()
              .collect(Collectors.groupingBy(Written::typed));
    }

    private List<String> typed(Predicate<String> which) {
      return typedBy.values().stream().flatMap(List::stream).distinct().filter(which).toList();
    }

    /// For the last word, and for words that nobody wrote, those that begin so; if there are none,
    /// those that look like it.
    Map<String, Collection<String>> unfinishedAndUnknown() {
      lookUp(typed(typed -> Spelling.isCorrectable(typed) && begun(typed).isEmpty()));
      return others(typed ->
          isKnown(typed) && last.filter(typed::equals).isEmpty()
              ? Stream.empty()
              : begun(typed).isEmpty() ? meant(typed) : endings(typed));
    }

    /// The same with words that look like each one, if there are any further ones.
    Optional<Map<String, Collection<String>>> doubted() {
      List<String> more =
          typed(typed -> Spelling.isCorrectable(typed) && !alike.containsKey(typed));
      if (more.isEmpty()) {
        return Optional.empty();
      }
      lookUp(more);
      return Optional.of(others(typed -> Stream.concat(endings(typed), meant(typed))));
    }

    private void lookUp(List<String> typed) {
      typed.forEach(word -> alike.put(word, new ArrayList<>()));
      search.alike(library, typed).forEach(word -> alike.get(word.typed()).add(word));
    }

    private Map<String, Collection<String>> others(Function<String, Stream<Written>> of) {
      Map<String, Collection<String>> others = new HashMap<>();
      typedBy.forEach((stem, typed) ->
          others.put(
              stem,
              typed.stream()
                  .flatMap(of)
                  .filter(word -> word.stems().size() == 1)
                  .map(word -> word.stems().getFirst())
                  .distinct()
                  .toList()));
      return others;
    }

    private boolean isKnown(String typed) {
      return begun(typed).stream().anyMatch(Written::isTyped);
    }

    private List<Written> begun(String typed) {
      return begun.getOrDefault(typed, List.of());
    }

    private Stream<Written> endings(String typed) {
      return begun(typed).stream().filter(word -> !word.isTyped()).limit(Spelling.MOST);
    }

    /// Nothing where the word was written in another form, which the search finds by itself.
    private Stream<Written> meant(String typed) {
      return Spelling.meant(typed, alike.getOrDefault(typed, List.of())).stream();
    }
  }
}
