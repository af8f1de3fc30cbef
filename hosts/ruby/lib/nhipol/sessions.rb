# frozen_string_literal: true

module Nhipol
  # A session that a sweep found changed.
  Change = Struct.new(:session, :before, :after)

  # A restored session, and the first of its facts that the policy declares differently, as a SessionError, or nil.
  Restored = Struct.new(:session, :mismatch)

  # The sessions of a policy, in one instance of its module. Any number of threads may use them. Changes that are refused
  # raise a SessionError; decisions never raise.
  class Sessions
    ID_BYTES = 256

    def initialize(policy)
      @policy = policy
      pointer = policy.refusable(SessionError) { |buffer| call(:sessions_new, policy.owned.pointer, buffer.pointer) }
      @owned = Owned.attach(self, Owned.new(pointer, policy.owned, &policy.library.releaser(:sessions_free)))
    end

    # Opens a session with a request, whose action and resource may be missing.
    def open(id, request, now: Time.now)
      change(:session_open, id, json(request), Nhipol.milliseconds(now))
    end

    # Merges a part of a request into the facts (RFC 7396).
    def patch(id, part) = change(:session_patch, id, json(part))

    # Replaces each of subject, action, resource and context in the part.
    def replace(id, part) = change(:session_replace, id, json(part))

    # Records a signal, which happened at `time` (default: now).
    def record(id, signal, payload = {}, time: nil, now: Time.now)
      change(:session_record, id, signal, json(payload), Nhipol.milliseconds(time), Nhipol.milliseconds(now))
    end

    # Takes a decision about the latest request, or about one with another action, resource or context.
    def decide(id, request = nil, now: Time.now)
      text = request.nil? ? [nil, 0] : [Request.json(request)]
      answer { |buffer| call(:session_decide, @owned.pointer, id, *text, Nhipol.milliseconds(now), buffer.pointer) }
    rescue Request::Invalid => e
      Answer.denial('invalid_request', e.error, Contract::FLAG_INVALID)
    end

    # Whether a request could be permitted now, for some value of the members that neither it nor the session has: the
    # latest one, or one with another action, resource or context. Nothing about the session changes. The module must have
    # been compiled with `--possible`.
    def could(id, request = nil, now: Time.now)
      text = request.nil? ? [nil, 0] : [Request.json(request)]
      @policy.possibility do |buffer|
        call(:session_could, @owned.pointer, id, *text, Nhipol.milliseconds(now), buffer.pointer)
      end
    rescue Request::Invalid => e
      Possibility.new(Answer.denial('invalid_request', e.error, Contract::FLAG_INVALID), Float::INFINITY)
    end

    # Evaluates the latest request again, without taking a decision.
    def reevaluate(id, now: Time.now)
      answer { |buffer| call(:session_reevaluate, @owned.pointer, id, Nhipol.milliseconds(now), buffer.pointer) }
    end

    # Evaluates the sessions whose answer may have changed, or all; returns the changes.
    def sweep(now: Time.now, all: false)
      changes = refusable do |buffer|
        call(:sessions_sweep, @owned.pointer, Nhipol.milliseconds(now), all ? 1 : 0, buffer.pointer)
      end
      JSON.parse(changes).map { |each| Change.new(each['session'], each['before'].to_sym, each['after'].to_sym) }
    end

    # When to sweep next: a Time, in the past for immediately, or nil for never.
    def due = Nhipol.time(call(:sessions_due, @owned.pointer))

    def count = call(:sessions_count, @owned.pointer)

    # All facts and the history of a session, as text.
    def snapshot(id)
      refusable { |buffer| call(:session_snapshot, @owned.pointer, id, buffer.pointer) }
    end

    def restore(text)
      id = Fiddle::Pointer.malloc(ID_BYTES, Fiddle::RUBY_FREE)
      length = Fiddle::Pointer.malloc(Fiddle::SIZEOF_SIZE_T, Fiddle::RUBY_FREE)
      response = refusable { |buffer| call(:session_restore, @owned.pointer, text, id, length, buffer.pointer) }
      error = JSON.parse(response, symbolize_names: true).dig(:context, :error)
      session = id[0, length[0, Fiddle::SIZEOF_SIZE_T].unpack1('J')].force_encoding(Encoding::UTF_8)
      Restored.new(session, error && SessionError.new(error))
    end

    def close(id) = change(:session_close, id)

    private

    def call(...) = @policy.library.call(...)

    def json(data)
      Request.json(data)
    rescue Request::Invalid => e
      raise SessionError, e.error
    end

    def change(name, *arguments)
      @policy.refusable(SessionError) { |buffer| call(name, @owned.pointer, *arguments, buffer.pointer) }
      nil
    end

    # The text of the answer to a call that succeeded.
    def refusable
      text = nil
      @policy.refusable(SessionError) { |buffer| (yield buffer).tap { text = buffer.text } }
      text
    end

    def answer
      @policy.library.with_buffer do |buffer|
        yield buffer
        @policy.answer(buffer)
      end
    end
  end
end
