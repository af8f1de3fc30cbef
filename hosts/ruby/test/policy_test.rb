# frozen_string_literal: true

require 'helper'

class PolicyTest < Minitest::Test
  include Policies

  PAYING = {
    subject: { type: 'agent', id: 's', properties: { team: 'a' } },
    action: { name: 'pay', properties: { amount: 5 } }, resource: { type: :thing, id: 'r' }
  }.freeze
  MAY = { a: { low: ['pay'], high: [] } }.freeze

  def setup
    @policy = load('tables-external')
  end

  def test_reports_the_manifest
    assert_equal @policy.manifest.dig('policy', 'name'), @policy.name
    refute_empty @policy.version
  end

  def test_gives_the_same_answer_to_data_and_json
    json = JSON.generate(PAYING)
    answers = [@policy.decide(PAYING, now: NOON), @policy.decide_json(json, now: NOON.to_i * 1000)]
    assert_equal [%w[over_quota]] * 2, answers.map(&:reasons)
    assert_equal @policy.decide_response(json, now: nil), answers.first.response
    refute answers.first.permitted?
    assert_nil answers.first.valid_until
    assert_predicate answers.first.reasons, :frozen?
  end

  def test_refuses_data_that_json_cannot_represent
    cyclic = []
    cyclic << cyclic
    {
      Float::NAN => ['NaN', '$.context["any name"][0]'], -Float::INFINITY => ['Infinity', '$.context["any name"][0]'],
      1e16 => ['an integer beyond 2^53', '$.context["any name"][0]'], Object => ['a Class', '$.context["any name"][0]'],
      cyclic => ['deeper nesting or a cycle', '$'], 'x' * (1 << 20) => ['a longer document', '$']
    }.each do |value, (found, path)|
      answer = @policy.decide(PAYING.merge(context: { 'any name' => [value] }), now: NOON)
      assert_equal [:deny, ['invalid_request'], found, path],
                   [answer.effect, answer.reasons, answer.error['found'], answer.error['path']]
    end
  end

  def test_passes_strings_that_are_not_utf_8_to_the_module
    bytes = PAYING.merge(resource: { type: 'thing', id: "\xff" })
    assert_equal 'not_utf8', @policy.decide(bytes, now: NOON).error['code']
    assert_equal ['invalid_request'], @policy.decide_json('{', now: NOON).reasons
    assert_equal ['engine_error'], @policy.decide_json('{}', now: Float::INFINITY).reasons
  end

  def test_loads_and_drops_tables
    @policy.load_table('quotas', { a: 9 })
    @policy.load_table('may', JSON.generate(MAY))
    assert_equal ['allowed'], @policy.decide(PAYING, now: NOON).reasons
    assert_equal 'not_json', error_of(Nhipol::TableError) { @policy.load_table('quotas', '{') }
    assert_equal 'unknown_table', error_of(Nhipol::TableError) { @policy.drop_table('others') }
    assert_equal 'wrong_type', error_of(Nhipol::TableError) { @policy.load_table('quotas', { a: Float::NAN }) }
    @policy.drop_table('quotas')
    assert_equal ['over_quota'], @policy.decide(PAYING, now: NOON).reasons
  end

  def test_replaces_an_instance_that_fails
    policy = load('answers-canned')
    3.times do
      answer = policy.decide_json('trap', now: 0)
      assert_equal [:deny, 'engine_error'], [answer.effect, answer.error['code']]
      assert_equal :permit, policy.decide_json('then', now: 0).effect
    end
  end

  def test_is_shared_by_threads
    policy = load('tables-external', max_instances: 2)
    threads = Array.new(4) { Thread.new { 300.times.map { policy.decide(PAYING, now: NOON).reasons } } }
    assert_equal [['over_quota']], threads.flat_map(&:value).uniq
  end

  def test_refuses_what_is_not_the_library_of_a_policy
    assert_equal 'engine_error', error_of(Nhipol::PolicyLoadError) { Nhipol.load('/no/such.so') }
    assert_equal 'engine_error', error_of(Nhipol::PolicyLoadError) { Nhipol.load('libc.so.6') }
  end
end
