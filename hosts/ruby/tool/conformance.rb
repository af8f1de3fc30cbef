# frozen_string_literal: true

require 'base64'

# Runs the conformance cases of a folder: each step of each case, and the modules that must be refused, is one check.
class Conformance
  MAX_FAILURES = 20

  attr_reader :checks, :passed, :failures

  def initialize(folder, libraries)
    @folder = folder
    @libraries = libraries
    @checks = @passed = 0
    @failures = []
  end

  # Whether all checks of the index passed.
  def run
    index = read('index.json')
    cases = index['cases'].map { |path| read(path) }
    malformed = read('malformed.json')
    modules = cases.map { |one| File.binread("#{@folder}/#{one['module']}") } +
              malformed.map { |one| Base64.decode64(one['module_base64']) }
    paths = make(modules)
    cases.zip(paths) { |one, path| run_case(one, path) }
    malformed.zip(paths.drop(cases.size)) do |one, path|
      check('malformed', one['name'], (path && refusal { Nhipol.load(path) }).nil? ? path && 'it was loaded' : nil)
    end
    passed == checks && checks == index['checks']
  end

  def to_json(*) = JSON.generate({ checks: checks, passed: passed, failures: failures.first(MAX_FAILURES) })

  private

  def read(path) = JSON.parse(File.read("#{@folder}/#{path}"), decimal_class: BigDecimal)

  def make(modules)
    queue = Queue.new
    modules.uniq.each { |bytes| queue << bytes }
    queue.close
    paths = {}
    Array.new(2) { Thread.new { while (bytes = queue.pop) do paths[bytes] = @libraries.of(bytes) end } }.each(&:join)
    modules.map { |bytes| paths[bytes] }
  end

  # `why`: what is wrong; nil: nothing.
  def check(name, step, why)
    @checks += 1
    why.nil? ? @passed += 1 : @failures << "#{name}: #{step}: #{why}"
  end

  def run_case(one, path)
    @policy = path && Nhipol.load(path)
    @sessions = @policy&.sessions if @policy&.manifest&.key?('sessions') || one['steps'].any? { |step| step['session'] }
    one['steps'].each_with_index do |step, at|
      check(one['name'], "#{at} #{step['do']}", @policy ? send("do_#{step['do']}", step) : 'the module was refused')
    rescue StandardError => e
      check(one['name'], "#{at} #{step['do']}", e.full_message(highlight: false))
    end
  end

  def do_decide(step)
    request = step['request_base64'] ? Base64.decode64(step['request_base64']) : step['request']
    options = { now: step['now'], clock: step['clock'].to_sym }
    wrong = compare_answer(step['answer'], @policy.decide_json(request, **options))
    wrong ||= compare_response(step['answer'], @policy.decide_response(request, **options))
    return wrong unless wrong.nil? && step['native']

    compare_answer(step['answer'], @policy.decide(JSON.parse(request, decimal_class: BigDecimal), **options))
  end

  def do_could(step)
    request = step['request_base64'] ? Base64.decode64(step['request_base64']) : step['request']
    options = { now: step['now'], clock: step['clock'].to_sym }
    wrong = compare_possibility(step, @policy.could_json(request, **options))
    return wrong unless wrong.nil? && step['native']

    compare_possibility(step, @policy.could(JSON.parse(request, decimal_class: BigDecimal), **options))
  end

  def compare_possibility(step, found)
    until_ms = step.fetch('valid_until', Float::INFINITY)
    same = found.possible? == step['possible'] && found.reasons == step['reasons'] && found.valid_until_ms == until_ms
    expected = step['error']
    same &&= expected.nil? == found.error.nil? && (expected.nil? || expected.all? { |name, value| found.error[name] == value })
    same ? nil : "it is #{found.inspect}"
  end

  def do_load_table(step) = error(step) { @policy.load_table(step['table'], step['contents']) }
  def do_drop_table(step) = error(step) { @policy.drop_table(step['table']) }
  def do_open(step) = error(step) { @sessions.open(step['session'], step['request'], now: step['now']) }
  def do_patch(step) = error(step) { @sessions.patch(step['session'], step['part']) }
  def do_replace(step) = error(step) { @sessions.replace(step['session'], step['part']) }
  def do_close(step) = error(step) { @sessions.close(step['session']) }

  def do_record(step)
    instants = { time: step['time'], now: step['now'] }
    error(step) { @sessions.record(step['session'], step['signal'], step['payload'], **instants) }
  end

  def do_decide_session(step) = compare_answer(step['answer'], @sessions.decide(step['session'], step['request'], now: step['now']))
  def do_could_session(step) = compare_possibility(step, @sessions.could(step['session'], step['request'], now: step['now']))
  def do_reevaluate(step) = compare_answer(step['answer'], @sessions.reevaluate(step['session'], now: step['now']))

  def do_sweep(step)
    @sessions.due
    changes = @sessions.sweep(now: step['now'], all: step['all'])
    found = changes.map { |each| each.to_h.transform_values(&:to_s).transform_keys(&:to_s) }.sort_by { |each| each['session'] }
    found == step['changes'] ? nil : "the changes are #{found}"
  end

  def do_snapshot(step)
    text = nil
    error(step) { text = @sessions.snapshot(step['session']) } || (text == step['text'] ? nil : "the text is #{text}")
  end

  def do_restore(step)
    restored = nil
    wrong = error(step) { restored = @sessions.restore(step['text']) }
    return wrong if wrong || restored.nil?

    wrong = compare_error(step['mismatch'], restored.mismatch)
    wrong || (restored.session == step['session'] ? nil : "the session is #{restored.session}")
  end

  def refusal
    yield
    nil
  rescue Nhipol::Error => e
    e
  end

  def error(step, &call) = compare_error(step['error'], refusal(&call))

  def compare_error(expected, found)
    same = expected.nil? == found.nil? && (expected.nil? || expected.all? { |name, value| found.public_send(name) == value })
    same ? nil : "the error is #{found.inspect}"
  end

  # The header has the instant; see the README of the cases for engine errors.
  def compare_answer(expected, answer)
    context = answer.context.dup
    context['valid_until'] = expected['context']['valid_until'] if instant(expected) == answer.valid_until_ms
    compare(expected, { 'decision' => answer.decision, 'context' => context.merge('effect' => answer.effect.to_s) })
  end

  def compare_response(expected, response)
    found = JSON.parse(response, decimal_class: BigDecimal)
    found['context']['valid_until'] ||= expected['context']['valid_until']
    compare(expected, found)
  end

  def compare(expected, found)
    wanted = expected['context']
    found['context'].delete('valid_until') if found['context']['valid_until'].nil?
    is_engine_error = wanted.dig('error', 'code') == 'engine_error'
    same = is_engine_error ? brief(found) == brief(expected) : found == expected
    same ? nil : "it answers #{JSON.generate(found)}"
  end

  def brief(response)
    response['context'].slice('effect', 'reasons').merge(decision: response['decision'],
                                                         code: response.dig('context', 'error', 'code'))
  end

  def instant(expected)
    text = expected['context']['valid_until']
    return Float::INFINITY if text.nil?

    text.end_with?('ms') ? text.to_f : Time.iso8601(text).to_r * 1000
  end
end
