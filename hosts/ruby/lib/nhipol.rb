# frozen_string_literal: true

require 'bigdecimal'
require 'bigdecimal/util'
require 'json'

# Evaluates policies compiled by nhipol, from the shared library of a policy.
module Nhipol
  # Opens the library of a policy; see Policy#initialize.
  def self.load(path, **options) = Policy.new(path, **options)

  # An instant in whole milliseconds: of a Time, of milliseconds, or NaN for nil.
  def self.milliseconds(instant)
    case instant
    when nil then Float::NAN
    when Time then (instant.to_r * 1000).floor.to_f
    else Float(instant)
    end
  end

  # The Time of milliseconds; nil for Infinity.
  def self.time(milliseconds)
    milliseconds.infinite? ? nil : Time.at(0, milliseconds.to_i, :millisecond).utc
  end
end

require 'nhipol/contract'
require 'nhipol/version'
require 'nhipol/errors'
require 'nhipol/library'
require 'nhipol/answer'
require 'nhipol/possibility'
require 'nhipol/request'
require 'nhipol/policy'
require 'nhipol/sessions'
