# frozen_string_literal: true

require 'helper'

class SessionsTest < Minitest::Test
  include Policies

  REQUEST = {
    subject: { type: 'agent', id: 'a', properties: { expires_at: Time.utc(2026, 3, 3, 11) } },
    action: { name: 'call', properties: { tool: 't' } }, resource: { type: 'file', id: 'f' }, context: { risk: 1 }
  }.freeze

  def setup
    @sessions = load('sessions-live').sessions
    @sessions.open('one', REQUEST, now: NOON)
  end

  def test_decides_and_changes
    assert_equal :permit, @sessions.decide('one', now: NOON).effect
    assert_equal Time.utc(2026, 3, 3, 11), @sessions.reevaluate('one', now: NOON).valid_until
    assert_empty @sessions.sweep(now: NOON)
    assert_operator @sessions.due, :>, NOON
    @sessions.patch('one', { context: { risk: 99 } })
    assert_operator @sessions.due, :<, NOON
    change = @sessions.sweep(now: NOON).first
    assert_equal ['one', :permit], [change.session, change.before]
    refute_equal :permit, change.after
  end

  def test_restores_a_snapshot
    text = @sessions.snapshot('one')
    assert_equal 'session_exists', error_of(Nhipol::SessionError) { @sessions.restore(text) }
    @sessions.close('one')
    assert_equal 0, @sessions.count
    restored = @sessions.restore(text)
    assert_equal ['one', nil], restored.to_a
    assert_equal 1, @sessions.count
  end

  def test_reports_errors
    assert_equal 'session_exists', error_of(Nhipol::SessionError) { @sessions.open('one', REQUEST, now: NOON) }
    assert_equal 'no_session', error_of(Nhipol::SessionError) { @sessions.close('two') }
    assert_equal 'no_session', @sessions.decide('two', now: NOON).error['code']
    assert_equal 'wrong_type', error_of(Nhipol::SessionError) { @sessions.sweep(now: nil) }
    assert_equal 'wrong_type', error_of(Nhipol::SessionError) { @sessions.patch('one', { context: Float::NAN }) }
    assert_equal 'no_snapshot', error_of(Nhipol::SessionError) { @sessions.restore('{}') }
    assert_equal 'engine_error', error_of(Nhipol::SessionError) { load('tables-external').sessions }
  end

  def test_survives_the_policy_that_made_them
    GC.start
    assert_equal :permit, @sessions.decide('one', now: NOON).effect
    Array.new(20) { load('sessions-live').sessions }
    GC.start
    assert_equal 1, @sessions.count
  end
end
