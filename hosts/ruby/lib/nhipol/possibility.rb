# frozen_string_literal: true

module Nhipol
  # Whether a request could be permitted for some value of the members that it does not have. It is never an answer to act
  # upon: decide the complete request.
  class Possibility
    # The ids of the rules that restrict every completion, or `default_deny` if no permit can fire; empty if it is possible.
    attr_reader :reasons

    # What makes every completion invalid, or the failure of the module; nil: there is none.
    attr_reader :error

    # It stays the same strictly before this instant, in milliseconds; Infinity: time alone changes nothing.
    attr_reader :valid_until_ms

    # `refusal`: the answer that says why it is not possible; nil: it is possible.
    def initialize(refusal, valid_until_ms)
      @possible = refusal.nil?
      @reasons = refusal ? refusal.reasons : [].freeze
      @error = refusal&.error
      @valid_until_ms = valid_until_ms
    end

    # False: no completion of the request is permitted.
    def possible? = @possible

    def valid_until = Nhipol.time(valid_until_ms)
  end
end
