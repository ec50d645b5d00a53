package dev.claudemesh.broker;

import static dev.claudemesh.broker.TestSocket.json;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/// Clients find the answer to a question by its `_reqId` and, the old ones, by its name.
class AnswersWireTest {
  private static TestBroker broker;
  private static TestSocket owner;

  @BeforeAll
  static void start() {
    broker = TestBroker.start();
    owner = broker.connect(broker.mesh("answers").withSession());
  }

  @AfterAll
  static void stop() {
    owner.close();
    broker.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'type':'list_peers'}                            | peers_list
          {'type':'mesh_info'}                             | mesh_info_result
          {'type':'list_members'}                          | members
          {'type':'list_permissions'}                      | permissions
          {'type':'get_grants'}                            | grants
          {'type':'list_bans'}                             | list_bans_result
          {'type':'audit_query'}                           | audit_result
          {'type':'audit_verify'}                          | audit_verify_result
          {'type':'audit_export'}                          | audit_export_result
          {'type':'list_claims'}                           | claim_list
          {'type':'release_paths'}                         | paths_released
          {'type':'get_context','query':'x'}               | context_results
          {'type':'list_contexts'}                         | context_list
          {'type':'recall','query':'x'}                    | memory_results
          {'type':'mcp_list'}                              | mcp_list_result
          {'type':'get_skill','name':'none'}               | skill_data
          {'type':'list_skills'}                           | skill_list
          {'type':'mesh_query','sql':'select 1'}           | mesh_query_result
          {'type':'mesh_schema'}                           | mesh_schema_result
          {'type':'get_state','key':'none'}                | state_result
          {'type':'list_state'}                            | state_list
          {'type':'create_stream','name':'builds'}         | stream_created
          {'type':'list_streams'}                          | stream_list
          {'type':'list_tasks'}                            | task_list
          """)
  void an_answer_has_the_name_that_clients_know(String question, String name) {
    ObjectNode answer = owner.ask(json(question));

    assertThat(answer.path("type").asString()).as("%s", answer).isEqualTo(name);
  }
}
